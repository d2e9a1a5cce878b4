#include "roster/roster_store.h"

#include <algorithm>
#include <utility>

namespace lifeline::roster {

namespace {

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 4;

constexpr const char* tables = R"(
create table calls(
    id text primary key, owner text not null, account text not null, status text not null,
    channel text not null, created_at text not null, position integer not null) without rowid;
create unique index calls_by_position on calls(position);
create index calls_by_account on calls(account, position);
create index calls_open on calls(status) where status in ('created','active');
create table running(
    call text not null, action text not null, primary key(call, action)) without rowid;
create table members(
    user text not null, call text not null, role text not null, position integer not null,
    primary key(user, call)) without rowid;
create index members_by_position on members(user, position);
)";

}  // namespace

Result<RosterStore> RosterStore::open(const std::string& path, const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return RosterStore(std::move(*view));
}

Status RosterStore::apply(const std::vector<RosterChange>& changes, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        for (const auto& change : changes)
            if (const auto applied = apply_one(change); !applied) return applied;
        return {};
    });
}

Status RosterStore::apply_one(const RosterChange& change) {
    const auto& row = change.row;
    switch (change.kind) {
        case RosterChange::Kind::created: {
            auto insert =
                view_.database().prepare("insert or replace into calls values(?,?,?,?,?,?,?)");
            if (!insert) return fail(insert.error());
            return insert->bind_text(1, row.session_id)
                .bind_text(2, row.owner_id)
                .bind_text(3, row.account_id)
                .bind_text(4, row.status)
                .bind_text(5, row.channel)
                .bind_text(6, row.created_at)
                .bind(7, row.position)
                .run();
        }
        case RosterChange::Kind::status: {
            auto update = view_.database().prepare("update calls set status=? where id=?");
            if (!update) return fail(update.error());
            return update->bind_text(1, row.status).bind_text(2, row.session_id).run();
        }
        case RosterChange::Kind::added: {
            auto insert = view_.database().prepare(
                "insert or replace into members select ?, id, ?, position from calls where id=?");
            if (!insert) return fail(insert.error());
            return insert->bind_text(1, change.user_id)
                .bind_text(2, row.role)
                .bind_text(3, row.session_id)
                .run();
        }
        case RosterChange::Kind::began: {
            auto insert = view_.database().prepare("insert or ignore into running values(?,?)");
            if (!insert) return fail(insert.error());
            return insert->bind_text(1, row.session_id).bind_text(2, change.action_id).run();
        }
        case RosterChange::Kind::finished: {
            auto remove = view_.database().prepare("delete from running where call=? and action=?");
            if (!remove) return fail(remove.error());
            return remove->bind_text(1, row.session_id).bind_text(2, change.action_id).run();
        }
        case RosterChange::Kind::removed:
            break;
    }
    auto remove = view_.database().prepare("delete from members where user=? and call=?");
    if (!remove) return fail(remove.error());
    return remove->bind_text(1, change.user_id).bind_text(2, row.session_id).run();
}

Status RosterStore::forget(const std::string& stream) {
    for (const char* text : {"delete from calls where id=?", "delete from running where call=?",
                             "delete from members where call=?"}) {
        auto remove = view_.database().prepare(text);
        if (!remove) return fail(remove.error());
        if (const auto done = remove->bind_text(1, stream).run(); !done) return done;
    }
    return {};
}

namespace {

constexpr std::string_view columns =
    "c.id, c.owner, c.account, c.status, c.channel, c.created_at, c.position";

RosterRow row_of(const sql::Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)),
            std::string(row.text(2)), std::string(row.text(3)),
            std::string(row.text(4)), std::string(row.text(5)),
            std::string(row.text(7)), row.natural(6)};
}

}  // namespace

Result<std::vector<RosterRow>> RosterStore::list(const RosterQuery& query) {
    std::string text = "select " + std::string(columns);
    if (!query.user_id.empty()) {
        text +=
            ", m.role from members m join calls c on c.id=m.call "
            "where m.user=?1 and m.position<?2";
    } else if (!query.account_id.empty()) {
        text += ", '' from calls c where c.account=?1 and c.position<?2";
    } else {
        text += ", '' from calls c where ?1='' and c.position<?2";
    }
    if (query.status == "open") {
        text += " and c.status in ('created','active') and ?3=?3";
    } else if (!query.status.empty()) {
        text += " and c.status=?3";
    } else {
        text += " and ?3=?3";
    }
    text += !query.user_id.empty() ? " order by m.position desc" : " order by c.position desc";
    text += " limit ?4";
    auto select = view_.database().prepare(text);
    if (!select) return fail(select.error());
    select->bind_text(1, !query.user_id.empty() ? query.user_id : query.account_id)
        .bind(2, static_cast<std::int64_t>(std::min<std::uint64_t>(query.before, INT64_MAX)))
        .bind_text(3, query.status)
        .bind(4, static_cast<std::int64_t>(query.limit));
    std::vector<RosterRow> rows;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return rows;
        rows.push_back(row_of(*select));
    }
}

Result<std::vector<std::string>> RosterStore::open_calls() {
    auto select = view_.database().prepare(
        "select id from calls where status in ('created','active') "
        "union select call from running");
    if (!select) return fail(select.error());
    std::vector<std::string> ids;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return ids;
        ids.emplace_back(select->text(0));
    }
}

Result<std::uint64_t> RosterStore::count_open() {
    const auto count =
        view_.database().number("select count(*) from calls where status in ('created','active')");
    if (!count) return fail(count.error());
    return static_cast<std::uint64_t>(*count);
}

Result<void> RosterStore::complete(RosterRow& row) {
    auto select = view_.database().prepare("select " + std::string(columns) +
                                           ", '' from calls c where c.id=?");
    if (!select) return fail(select.error());
    select->bind_text(1, row.session_id);
    const auto found = select->step();
    if (!found) return fail(found.error());
    if (!*found) return {};
    std::string role = std::move(row.role);
    row = row_of(*select);
    row.role = std::move(role);
    return {};
}

}  // namespace lifeline::roster
