#include "snapshots/snapshot_store.h"

#include <utility>

namespace lifeline::snapshots {

namespace {

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 1;

// `said` counts finals, `over` is 1 from the call's end on.
constexpr const char* tables = R"(
create table calls(session text primary key, said integer not null, over integer not null)
    without rowid;
create table due(session text not null, up_to integer not null, primary key(session, up_to))
    without rowid;
)";

}  // namespace

Result<SnapshotStore> SnapshotStore::open(const std::string& path,
                                          const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return SnapshotStore(std::move(*view));
}

Status SnapshotStore::apply(const std::vector<Change>& changes, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        for (const auto& change : changes)
            if (const auto applied = apply_one(change); !applied) return applied;
        return {};
    });
}

Status SnapshotStore::apply_one(const Change& change) {
    switch (change.kind) {
        case Change::Kind::said:
            return said(change);
        case Change::Kind::over:
            return over(change);
        case Change::Kind::erased:
            // Whatever was due before would be of a transcript that is not there any more.
            if (const auto none = run("delete from due where session=?1 and ?2=?2",
                                      change.session_id, change.seq);
                !none)
                return none;
            if (const auto ended = run("update calls set over=0 where session=?1 and ?2=?2",
                                       change.session_id, change.seq);
                !ended)
                return ended;
            return over(change);
        case Change::Kind::taken:
            break;
    }
    return run("delete from due where session=?1 and up_to=?2", change.session_id, change.seq);
}

Status SnapshotStore::said(const Change& change) {
    if (const auto counted =
            run("insert into calls values(?1,1,0) on conflict(session) do update set said=said+1 "
                "where ?2=?2",
                change.session_id, change.seq);
        !counted)
        return counted;
    static const std::string often =
        "insert or ignore into due select session, ?2 from calls where session=?1 and over=0 and "
        "said%" +
        std::to_string(said_between) + "=0";
    return run(often, change.session_id, change.seq);
}

// Nothing is due of a call in which nothing was said; what is said of one that is over comes too
// late for it.
Status SnapshotStore::over(const Change& change) {
    if (const auto last =
            run("insert or ignore into due select session, ?2 from calls where session=?1 and "
                "over=0 and said>0",
                change.session_id, change.seq);
        !last)
        return last;
    return run("update calls set over=1 where session=?1 and ?2=?2", change.session_id, change.seq);
}

Status SnapshotStore::forget(const std::string& stream) {
    for (const char* text : {"delete from calls where session=?1 and ?2=?2",
                             "delete from due where session=?1 and ?2=?2"})
        if (const auto gone = run(text, stream, 0); !gone) return gone;
    return {};
}

Status SnapshotStore::run(std::string_view text, const std::string& session_id, std::uint64_t seq) {
    auto statement = view_.database().prepare(text);
    if (!statement) return fail(statement.error());
    return statement->bind_text(1, session_id).bind(2, seq).run();
}

Result<std::vector<Due>> SnapshotStore::due(const Due& after, std::size_t limit) {
    auto select = view_.database().prepare(
        "select session, up_to from due where (session, up_to) > (?1, ?2) "
        "order by session, up_to limit ?3");
    if (!select) return fail(select.error());
    select->bind_text(1, after.session_id)
        .bind(2, after.up_to_seq)
        .bind(3, static_cast<std::int64_t>(limit));
    std::vector<Due> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        found.push_back({std::string(select->text(0)), select->natural(1)});
    }
}

}  // namespace lifeline::snapshots
