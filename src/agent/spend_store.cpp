#include "agent/spend_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lifeline::agent {

namespace {

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 1;
// Nothing asks for what is older than a day.
constexpr std::chrono::days kept{7};

constexpr const char* tables = R"(
create table records(
    call text not null, record text not null, user text not null, at integer not null,
    tokens integer not null, nano integer not null, primary key(call, record)) without rowid;
create index records_by_time on records(at);
)";

std::int64_t millis(WallTime at) {
    return std::chrono::duration_cast<Millis>(at.time_since_epoch()).count();
}

}  // namespace

Result<SpendStore> SpendStore::open(const std::string& path, const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return SpendStore(std::move(*view));
}

Status SpendStore::apply(const std::vector<Ledger::Record>& records, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database& database) -> Status {
        if (records.empty()) return {};
        auto insert = database.prepare("insert or ignore into records values(?,?,?,?,?,?)");
        if (!insert) return fail(insert.error());
        WallTime newest{};
        for (const Ledger::Record& record : records) {
            newest = std::max(newest, record.at);
            const auto added = insert->bind_text(1, record.session_id)
                                   .bind_text(2, record.id)
                                   .bind_text(3, record.user_id)
                                   .bind(4, millis(record.at))
                                   .bind(5, record.amount.tokens)
                                   .bind(6, record.amount.nano)
                                   .run();
            if (!added) return added;
        }
        auto old = database.prepare("delete from records where at<?");
        if (!old) return fail(old.error());
        return old->bind(1, millis(newest - kept)).run();
    });
}

Result<std::vector<Ledger::Record>> SpendStore::since(WallTime day) {
    auto rows = view_.database().prepare(
        "select record, call, user, at, tokens, nano from records where at>=?");
    if (!rows) return fail(rows.error());
    rows->bind(1, millis(std::chrono::floor<std::chrono::days>(day)));
    std::vector<Ledger::Record> records;
    for (;;) {
        const auto row = rows->step();
        if (!row) return fail(row.error());
        if (!*row) return records;
        records.push_back({.id = std::string(rows->text(0)),
                           .session_id = std::string(rows->text(1)),
                           .user_id = std::string(rows->text(2)),
                           .at = WallTime(Millis(rows->integer(3))),
                           .amount = {rows->integer(4), rows->integer(5)}});
    }
}

}  // namespace lifeline::agent
