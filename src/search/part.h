#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "search/facts.h"
#include "search/statements.h"
#include "sql/database.h"
#include "transcript/utterance.h"

namespace lifeline::search {

// One utterance, summary or document, as its table has it.
struct Passage {
    std::int64_t id = 0;  // 0: it is not there yet.
    transcript::Utterance said;
};

// Where a stream's words are.
struct Place {
    std::int64_t stream = 0;
    std::int64_t part = 0;
};

// Where a passage begins.
struct Begin {
    std::uint64_t position = 0;  // Of its first event, and what it is known by.
    std::string at = {};
    std::uint64_t seq = 0;
};

// An utterance as the events of a chunk leave it.
struct Heard {
    Place place;
    std::string key;
    Passage before = {};  // As its row has it.
    Passage now = {};
    Begin begin = {};  // Where there is no row yet.
};

// What was read of the tables while a chunk of events is written: an utterance has ten events or
// so, its row is read for the first of them, and written once.
struct Remembered {
    std::unordered_map<std::string, Place> places = {};      // By stream.
    std::unordered_map<std::string, Heard> utterances = {};  // By stream, a space, and their id.

    void drop() {
        places.clear();
        utterances.clear();
    }
};

// What all parts share while a chunk of events is written.
struct Desk {
    Statements statements;
    FactWriter facts;
    Remembered remembered = {};
    // Parts of which something was forgotten that their index only marks as deleted. What was so
    // before the store was opened nobody knows.
    std::set<std::int64_t> unsettled = {};
    bool all_unsettled = true;
};

// The passages of an account that began in one month, and the full-text index of their words.
class Part {
public:
    Part(sql::Database& database, Desk& desk, std::int64_t number)
        : database_(database), desk_(desk), number_(number) {}
    // The one of this account and month, made where there is none.
    static Result<std::int64_t> number_of(sql::Database& database, std::string_view account_id,
                                          std::string_view month);

    Result<Passage> load(std::int64_t stream, std::string_view kind, std::string_view key);
    // A row without words yet.
    Result<std::int64_t> add(const Begin& begin, std::int64_t stream, std::string_view kind,
                             std::string_view key);
    Status write(const Heard& heard);
    Status keep(const Passage& passage);
    // It is of a later moment than when it was added.
    Status move(std::int64_t id, std::string_view at, std::uint64_t seq);
    Status index(std::int64_t id, std::string_view text);
    // With the very text that was indexed.
    Status forget(std::int64_t id, std::string_view text);
    // All passages of a stream; every trace of their words once it is settled. A part without
    // streams goes.
    Status forget_stream(std::int64_t stream);
    // What its index marks as deleted is gone from it.
    Status settle();

private:
    Status insert(const Heard& heard, std::string_view kind);
    Status touch_stream(std::int64_t stream);
    Result<sql::Statement*> prepare(const char* text) {
        return desk_.statements.of(database_, text, number_);
    }

    sql::Database& database_;
    Desk& desk_;
    std::int64_t number_;
};

}  // namespace lifeline::search
