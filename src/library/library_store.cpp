#include "library/library_store.h"

#include <algorithm>
#include <set>
#include <utility>

namespace lifeline::library {

namespace {

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 1;

constexpr const char* tables = R"(
create table documents(
    id text primary key, kind text not null, title text not null, owner text not null,
    account text not null, created_at text not null, rev integer not null,
    position integer not null) without rowid;
create unique index documents_by_position on documents(position);
create index documents_by_owner on documents(owner, position);
create index documents_by_account on documents(account, position);
create table shares(
    document text not null, whom text not null, primary key(whom, document)) without rowid;
)";

LibraryRow row_of(const sql::Statement& row) {
    LibraryRow one;
    one.document_id = row.text(0);
    one.kind = row.text(1);
    one.title = row.text(2);
    one.owner_id = row.text(3);
    one.account_id = row.text(4);
    one.created_at = row.text(5);
    one.rev = row.natural(6);
    one.position = row.natural(7);
    return one;
}

}  // namespace

Result<LibraryStore> LibraryStore::open(const std::string& path,
                                        const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return LibraryStore(std::move(*view));
}

Status LibraryStore::apply(const std::vector<LibraryChange>& changes, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        for (const auto& change : changes)
            if (const auto applied = apply_one(change); !applied) return applied;
        return {};
    });
}

Status LibraryStore::apply_one(const LibraryChange& change) {
    const auto& row = change.row;
    const auto prepared = [&](std::string_view text) { return view_.database().prepare(text); };
    switch (change.kind) {
        case LibraryChange::Kind::created: {
            auto insert = prepared("insert or replace into documents values(?,?,?,?,?,?,0,?)");
            if (!insert) return fail(insert.error());
            return insert->bind_text(1, row.document_id)
                .bind_text(2, row.kind)
                .bind_text(3, row.title)
                .bind_text(4, row.owner_id)
                .bind_text(5, row.account_id)
                .bind_text(6, row.created_at)
                .bind(7, row.position)
                .run();
        }
        case LibraryChange::Kind::edited: {
            auto update = prepared("update documents set rev=? where id=?");
            if (!update) return fail(update.error());
            return update->bind(1, row.rev).bind_text(2, row.document_id).run();
        }
        case LibraryChange::Kind::shared: {
            auto insert = prepared("insert or ignore into shares values(?,?)");
            if (!insert) return fail(insert.error());
            return insert->bind_text(1, row.document_id).bind_text(2, change.with).run();
        }
        case LibraryChange::Kind::unshared:
            break;
    }
    auto remove = prepared("delete from shares where document=? and whom=?");
    if (!remove) return fail(remove.error());
    return remove->bind_text(1, row.document_id).bind_text(2, change.with).run();
}

Status LibraryStore::forget(const std::string& stream) {
    for (const char* text :
         {"delete from documents where id=?", "delete from shares where document=?"}) {
        auto remove = view_.database().prepare(text);
        if (!remove) return fail(remove.error());
        if (const auto done = remove->bind_text(1, stream).run(); !done) return done;
    }
    return {};
}

Result<std::vector<LibraryRow>> LibraryStore::list(const LibraryQuery& query) {
    std::string text =
        "select id, kind, title, owner, account, created_at, rev, position from documents "
        "where position<?1 and (?2='' or account=?2) and (?3='' or kind=?3) and ";
    text += query.user_id.empty() ? "?4=?4"
                                  : "id in (select id from documents where owner=?4 "
                                    "union select document from shares where whom=?4)";
    text += " order by position desc limit ?5";
    auto select = view_.database().prepare(text);
    if (!select) return fail(select.error());
    select->bind(1, static_cast<std::int64_t>(std::min<std::uint64_t>(query.before, INT64_MAX)))
        .bind_text(2, query.account_id)
        .bind_text(3, query.kind)
        .bind_text(4, query.user_id)
        .bind(5, static_cast<std::int64_t>(query.limit));
    std::vector<LibraryRow> rows;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return rows;
        rows.push_back(row_of(*select));
    }
}

Result<std::vector<std::string>> LibraryStore::shared_with(
    const std::vector<std::string>& session_ids) {
    std::set<std::string> found;
    for (const std::string& id : session_ids) {
        auto select = view_.database().prepare("select document from shares where whom=?");
        if (!select) return fail(select.error());
        select->bind_text(1, id);
        for (;;) {
            const auto more = select->step();
            if (!more) return fail(more.error());
            if (!*more) break;
            found.emplace(select->text(0));
        }
    }
    return std::vector<std::string>(found.begin(), found.end());
}

}  // namespace lifeline::library
