#include "sql/full_text.h"

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

namespace lifeline::sql {

namespace {

template <class T>
void put(std::string& bytes, T number) {
    const std::size_t at = bytes.size();
    bytes.resize(at + sizeof number);
    std::memcpy(bytes.data() + at, &number, sizeof number);
}

int count_row(const Fts5ExtensionApi*, Fts5Context*, void* rows) {
    ++*static_cast<sqlite3_int64*>(rows);
    return SQLITE_OK;
}

// What is true of the query and not of one hit.
int put_query(const Fts5ExtensionApi* api, Fts5Context* context, int phrases, std::string& bytes) {
    sqlite3_int64 rows = 0;
    sqlite3_int64 tokens = 0;
    if (const int code = api->xRowCount(context, &rows); code != SQLITE_OK) return code;
    if (const int code = api->xColumnTotalSize(context, -1, &tokens); code != SQLITE_OK)
        return code;
    put(bytes, static_cast<std::int64_t>(phrases));
    put(bytes, static_cast<std::int64_t>(rows));
    put(bytes, static_cast<std::int64_t>(tokens));
    for (int phrase = 0; phrase < phrases; ++phrase) {
        sqlite3_int64 in = 0;
        if (phrases > 1)
            if (const int code = api->xQueryPhrase(context, phrase, &in, count_row);
                code != SQLITE_OK)
                return code;
        put(bytes, static_cast<std::int64_t>(in));
    }
    return SQLITE_OK;
}

int put_counts(const Fts5ExtensionApi* api, Fts5Context* context, int phrases, std::string& bytes) {
    for (int phrase = 0; phrase < phrases; ++phrase) {
        std::uint32_t count = 0;
        Fts5PhraseIter place;
        int column = 0;
        int offset = 0;
        const int code = api->xPhraseFirst(context, phrase, &place, &column, &offset);
        if (code != SQLITE_OK) return code;
        for (; column >= 0; api->xPhraseNext(context, &place, &column, &offset)) ++count;
        put(bytes, count);
    }
    return SQLITE_OK;
}

// Of one query: its memory is used again from hit to hit.
struct Kept {
    std::string bytes;
};

void phrase_hits(const Fts5ExtensionApi* api, Fts5Context* context, sqlite3_context* result, int,
                 sqlite3_value**) {
    auto* kept = static_cast<Kept*>(api->xGetAuxdata(context, 0));
    const bool first = kept == nullptr;
    if (first) {
        kept = std::make_unique<Kept>().release();  // The query's from here on.
        const int code = api->xSetAuxdata(
            context, kept, [](void* it) { std::unique_ptr<Kept>(static_cast<Kept*>(it)).reset(); });
        if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    }
    std::string& bytes = kept->bytes;
    bytes.clear();
    const int phrases = api->xPhraseCount(context);
    int code = first ? put_query(api, context, phrases, bytes) : SQLITE_OK;
    if (code == SQLITE_OK) code = put_counts(api, context, phrases, bytes);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    sqlite3_result_blob(result, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

fts5_api* full_text_of(sqlite3* connection) {
    fts5_api* api = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(connection, "select fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

}  // namespace

void add_full_text_functions(sqlite3* connection) {
    fts5_api* const api = full_text_of(connection);
    if (api == nullptr) return;
    api->xCreateFunction(api, "phrase_hits", nullptr, phrase_hits, nullptr);
}

}  // namespace lifeline::sql
