#include "reconciliation/evidence_store.h"

#include <algorithm>

#include "contract/json.h"
#include "reconciliation/reduced.h"

namespace lifeline::reconciliation {

namespace {

using contract::Json;

// Raised when the tables or what is kept in them change: an older view is thrown away.
constexpr std::int64_t view_version = 2;

// `told` are events, of calls (`of_call`) or of the house and of accounts; `hour` is that of the
// service, and `subject` what an event is of, where it has one; a usage record's `stream` is the
// call that it names. `metered` are the calls that an hour has records of, `twice` the ids
// of records that more than one event has. What is in `erased` is in `calls` no more, nor
// are its events.
constexpr const char* tables = R"(
create table facts(name text primary key, value integer not null) without rowid;
create table told(position integer primary key, of_call integer not null, stream text not null,
    type text not null, hour integer not null, subject text not null, wall integer not null,
    steady integer not null, before_wall integer not null, before_steady integer not null,
    payload text not null);
create index told_of_call on told(stream, position) where of_call=1;
create index told_by_type on told(type, hour, position) where of_call=0;
create index told_of_subject on told(subject, position) where subject<>'';
create index told_by_time on told(position) where of_call=0;
create index told_of_records on told(stream, position)
    where of_call=0 and type='billing.usage.measured';
create table metered(hour integer not null, session text not null,
    primary key(hour, session)) without rowid;
create table twice(subject text primary key) without rowid;
create table calls(session text primary key, account text not null, position integer not null,
    created integer not null, last integer not null, over integer not null) without rowid;
create index calls_by_last on calls(last);
create table erased(session text primary key) without rowid;
)";

std::int64_t number_of(Window window) {
    return window.time_since_epoch().count();
}

std::int64_t hour_in(const Json& json, std::string_view name) {
    const auto window = parse_window(json.text(name).value_or(""));
    return window ? number_of(*window) : 0;
}

}  // namespace

Result<EvidenceStore> EvidenceStore::open(const std::string& path,
                                          const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return EvidenceStore(std::move(*view));
}

Status EvidenceStore::apply(const std::vector<Told>& told, std::pair<WallTime, SteadyTime> last,
                            std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        for (const Told& one : told)
            if (const auto taken = take(one); !taken) return taken;
        if (const auto wall = set_fact("last_wall", last.first.time_since_epoch().count()); !wall)
            return wall;
        return set_fact("last_steady", last.second.time_since_epoch().count());
    });
}

Status EvidenceStore::take(const Told& told) {
    const std::string& type = told.event.type;
    const auto json = Json::parse(told.event.payload);
    if (!json) return {};
    if (type == "system.tick") {
        // A minute within an hour says nothing that the next event does not.
        const auto hour = number_of(window_of(told.event.wall));
        const auto known = fact("ticked");
        if (!known) return fail(known.error());
        if (json->text("because") == "minute" && *known && **known >= hour) return {};
        if (const auto done = set_fact("ticked", hour); !done) return done;
        return keep(told, false, hour, "");
    }
    if (type == "billing.usage.measured") return take_record(told, *json);
    if (type == "billing.usage.recorded")
        return keep(told, false, hour_in(*json, "window"),
                    json->text("idempotencyKey").value_or(""));
    if (type == "billing.adjustment.created")
        return keep(told, false, hour_in(*json, "serviceWindow"),
                    json->text("adjustmentId").value_or(""));
    if (type.starts_with("billing.delivery."))
        return keep(told, false, 0, json->text("chargeId").value_or(""));
    if (type == "billing.counted.elsewhere" || type == "billing.window.closed")
        return keep(told, false, hour_in(*json, "window"), "");
    if (type == "billing.card.activated" || type == "billing.card.assigned" ||
        type == "billing.meters.activated")
        return keep(told, false, 0, "");
    if (type == "record.erased")
        return json->text("because") == "superseded" ? Status() : forget(told.stream);
    return take_of_call(told);
}

Status EvidenceStore::take_record(const Told& told, const Json& json) {
    const std::string_view id = json.text("recordId").value_or("");
    const std::int64_t hour = hour_in(json, "window");
    if (const auto kept = keep_if_twice(id); !kept) return kept;
    Told record{.stream = std::string(json.text("sessionId").value_or("")), .event = told.event};
    record.event.payload = reduced_record(json);
    if (const auto done =
            ask("insert or ignore into metered values(?,?)", hour, record.stream).run();
        !done)
        return done;
    return keep(record, false, hour, id);
}

Status EvidenceStore::keep_if_twice(std::string_view record_id) {
    return ask("insert or ignore into twice select ?1 where exists (select 1 from told where "
               "subject=?1 and subject<>'' and type='billing.usage.measured')",
               record_id)
        .run();
}

// Only of an account: who pays for nothing is not counted.
Status EvidenceStore::take_of_call(const Told& told) {
    const auto gone = ask("select 1 from erased where session=?", told.stream).any();
    if (!gone) return fail(gone.error());
    if (*gone) return {};
    const std::int64_t wall = told.event.wall.time_since_epoch().count();
    if (told.event.type == "call.created") {
        const auto json = Json::parse(told.event.payload);
        const auto account = json ? json->text("accountId") : std::nullopt;
        if (!account || account->empty()) return {};
        return ask("insert or replace into calls values(?,?,?,?,?,0)", told.stream, *account,
                   told.event.position, wall, wall)
            .run();
    }
    const auto known = ask("select 1 from calls where session=?", told.stream).any();
    if (!known) return fail(known.error());
    if (!*known) return {};
    const bool over = told.event.type == "call.ended" || told.event.type == "call.terminal_failure";
    if (const auto done = ask("update calls set last=max(last,?), over=max(over,?) where session=?",
                              wall, over ? 1 : 0, told.stream)
                              .run();
        !done)
        return done;
    Told kept{.stream = told.stream, .event = told.event};
    if (const auto json = Json::parse(told.event.payload))
        kept.event.payload = reduced_event(told.event, *json);
    return keep(kept, true, 0, "");
}

// What was measured of it stands in its records. Nobody can count it again.
Status EvidenceStore::forget(const std::string& session) {
    for (const char* text :
         {"delete from told where stream=? and of_call=1", "delete from calls where session=?",
          "insert or ignore into erased values(?)"})
        if (const auto done = ask(text, session).run(); !done) return done;
    return {};
}

Status EvidenceStore::keep(const Told& told, bool of_call, std::int64_t hour,
                           std::string_view subject) {
    const RawEvent& event = told.event;
    std::int64_t before_wall = 0;
    std::int64_t before_steady = 0;
    if (event.type == "system.tick") {
        if (event.before) {
            before_wall = event.before->first.time_since_epoch().count();
            before_steady = event.before->second.time_since_epoch().count();
        } else {
            const auto wall = fact("last_wall");
            if (!wall) return fail(wall.error());
            const auto steady = fact("last_steady");
            if (!steady) return fail(steady.error());
            before_wall = wall->value_or(event.wall.time_since_epoch().count());
            before_steady = steady->value_or(event.steady.time_since_epoch().count());
        }
    }
    return ask("insert or ignore into told values(?,?,?,?,?,?,?,?,?,?,?)", event.position,
               of_call ? 1 : 0, told.stream, event.type, hour, subject,
               event.wall.time_since_epoch().count(), event.steady.time_since_epoch().count(),
               before_wall, before_steady, event.payload)
        .run();
}

Result<std::optional<std::int64_t>> EvidenceStore::fact(std::string_view name) {
    return ask("select value from facts where name=?", name).first([](const sql::Statement& row) {
        return row.integer(0);
    });
}

Status EvidenceStore::set_fact(std::string_view name, std::int64_t value) {
    return ask("insert or replace into facts values(?,?)", name, value).run();
}

}  // namespace lifeline::reconciliation
