#include "metering/metering_store.h"

#include <set>
#include <utility>

#include "contract/json.h"
#include "metering/call_usage_text.h"

namespace lifeline::metering {

namespace {

using contract::EventType;
namespace field = contract::field;

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 1;

// Of a call, `state` is its fold. It concerns hours and runs while it is connected, or has
// something open. `due` is in the order of the events that made it, `made`.
constexpr const char* tables = R"(
create table facts(name text primary key, value integer not null) without rowid;
create table meters(position integer primary key, first_hour integer not null,
    sha256 text not null, json text not null);
create table calls(session text primary key, meters text not null, running integer not null,
    concerned integer not null, state text not null) without rowid;
create index calls_concerned on calls(session) where concerned=1;
create index calls_running on calls(session) where running=1;
create table due(record text primary key, session text not null, hour integer not null,
    made integer not null, part integer not null, json text not null) without rowid;
create index due_by_time on due(made, part);
create index due_by_call on due(session);
create table records(record text primary key, session text not null, account text not null,
    meter text not null, hour integer not null, seq integer not null, position integer not null,
    payload text not null) without rowid;
create index records_by_account on records(account, hour, record);
create index records_by_call on records(session, hour, record);
create index records_by_hour on records(hour, record);
)";

}  // namespace

struct MeteringStore::Chunk {
    std::map<std::string, std::optional<CallUsage>> calls;  // Nothing: not known, or erased.
    std::set<std::string> erased;
};

Result<MeteringStore> MeteringStore::open(const std::string& path,
                                          const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return MeteringStore(std::move(*view));
}

Status MeteringStore::apply(std::vector<Happening> happenings, const Moment& last,
                            std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database&) -> Status {
        Chunk chunk;
        for (Happening& one : happenings)
            if (const auto taken = take(chunk, one); !taken) return taken;
        if (const auto written = write(chunk); !written) return written;
        if (const auto wall = set("last_wall", last.wall.time_since_epoch().count()); !wall)
            return wall;
        return set("last_steady", last.steady.time_since_epoch().count());
    });
}

Status MeteringStore::take(Chunk& chunk, Happening& one) {
    switch (one.event.type()) {
        case EventType::system_tick:
            return take_tick(chunk, one);
        case EventType::billing_meters_activated: {
            namespace f = field::billing_meters_activated;
            auto insert = view_.database().prepare("insert or replace into meters values(?,?,?,?)");
            if (!insert) return fail(insert.error());
            const Window first = parse_window(one.event.text(f::effective_from)).value_or(Window());
            return insert->bind(1, one.position)
                .bind(2, static_cast<std::int64_t>(first.time_since_epoch().count()))
                .bind_text(3, one.event.text(f::sha256))
                .bind_text(4, one.event.raw(f::meters))
                .run();
        }
        case EventType::billing_window_closed: {
            const auto hour = parse_window(one.event.text(field::billing_window_closed::window));
            return hour ? set("closed", hour->time_since_epoch().count()) : Status();
        }
        case EventType::billing_usage_measured:
            return take_recorded(one);
        case EventType::record_erased:
            return take_erased(chunk, one);
        case EventType::call_created:
            return take_created(chunk, one);
        default:
            break;
    }
    const auto usage = call(chunk, one.stream);
    if (!usage) return fail(usage.error());
    if (*usage == nullptr) return {};
    std::vector<UsageRecord> due;
    (*usage)->take(one.event, {one.seq, one.bytes}, one.at, due);
    return keep_due(**usage, due, one.position);
}

Status MeteringStore::take_tick(Chunk& chunk, const Happening& one) {
    const std::string_view because = one.event.text(field::system_tick::because);
    const auto known = get("ticked");
    if (!known) return fail(known.error());
    const auto hour = window_of(one.at.wall).time_since_epoch().count();
    const bool new_hour = !*known || **known < hour;
    if (because == "minute" && !new_hour) return {};
    if (const auto ticked = set("ticked", hour); !ticked) return ticked;
    auto last = one.before ? Result<std::optional<Moment>>(one.before) : last_moment();
    if (!last) return fail(last.error());

    if (const auto written = write(chunk); !written) return written;
    const auto sessions = concerned();
    if (!sessions) return fail(sessions.error());
    for (const std::string& session : *sessions) {
        const auto usage = call(chunk, session);
        if (!usage) return fail(usage.error());
        if (*usage == nullptr) continue;
        std::vector<UsageRecord> due;
        if (because == "start") {
            (*usage)->run_began(last->value_or(one.at), one.at, due);
        } else if (because == "stop") {
            (*usage)->run_stops(one.at, due);
        } else {
            (*usage)->hour_began(one.at, due);
        }
        if (const auto kept = keep_due(**usage, due, one.position); !kept) return kept;
    }
    return {};
}

// The first record of an id stands, whatever another one says.
Status MeteringStore::take_recorded(const Happening& one) {
    namespace f = field::billing_usage_measured;
    auto remove = view_.database().prepare("delete from due where record=?");
    if (!remove) return fail(remove.error());
    if (const auto gone = remove->bind_text(1, one.event.text(f::record_id)).run(); !gone)
        return gone;
    auto insert = view_.database().prepare("insert or ignore into records values(?,?,?,?,?,?,?,?)");
    if (!insert) return fail(insert.error());
    const Window hour = parse_window(one.event.text(f::window)).value_or(Window());
    return insert->bind_text(1, one.event.text(f::record_id))
        .bind_text(2, one.stream)
        .bind_text(3, one.event.text(f::account_id))
        .bind_text(4, one.event.text(f::meter))
        .bind(5, static_cast<std::int64_t>(hour.time_since_epoch().count()))
        .bind(6, one.seq)
        .bind(7, one.position)
        .bind_text(8, one.event.payload_json())
        .run();
}

// What was measured of it stands in its records; nothing more is made of what is left.
Status MeteringStore::take_erased(Chunk& chunk, const Happening& one) {
    if (one.event.text(field::record_erased::because) == "superseded") return {};
    chunk.calls[one.stream] = std::nullopt;
    chunk.erased.insert(one.stream);
    auto remove = view_.database().prepare("delete from due where session=?");
    if (!remove) return fail(remove.error());
    return remove->bind_text(1, one.stream).run();
}

// Only of an account, and only once there are meters.
Status MeteringStore::take_created(Chunk& chunk, const Happening& one) {
    const std::string_view account = one.event.text(field::call_created::account_id);
    auto meters = meters_at(window_of(one.at.wall));
    if (!meters) return fail(meters.error());
    if (account.empty() || !*meters) return {};
    chunk.calls[one.stream] = CallUsage({one.stream, std::string(account)}, *std::move(meters));
    return {};
}

Result<CallUsage*> MeteringStore::call(Chunk& chunk, const std::string& session_id) {
    auto [found, added] = chunk.calls.try_emplace(session_id);
    std::optional<CallUsage>& usage = found->second;
    if (!added) return usage ? &*usage : nullptr;
    auto select = view_.database().prepare("select meters, state from calls where session=?");
    if (!select) return fail(select.error());
    select->bind_text(1, session_id);
    const auto row = select->step();
    if (!row) return fail(row.error());
    if (!*row || select->text(1).empty()) return nullptr;
    auto meters = meters_of(std::string(select->text(0)));
    if (!meters) return fail(meters.error());
    auto read = CallUsageText::read(select->text(1), *std::move(meters));
    if (!read) return fail(read.error());
    usage = *std::move(read);
    return &*usage;
}

Status MeteringStore::write(Chunk& chunk) {
    auto insert = view_.database().prepare("insert or replace into calls values(?,?,?,?,?)");
    if (!insert) return fail(insert.error());
    for (const auto& [session, usage] : chunk.calls) {
        if (!usage && !chunk.erased.contains(session)) continue;
        const std::string sha = usage ? usage->meters().sha256() : "";
        const std::string state = usage ? CallUsageText::write(*usage) : "";
        if (const auto done = insert->bind_text(1, session)
                                  .bind_text(2, sha)
                                  .bind(3, std::int64_t{usage && usage->running() ? 1 : 0})
                                  .bind(4, std::int64_t{usage && usage->concerned() ? 1 : 0})
                                  .bind_text(5, state)
                                  .run();
            !done)
            return done;
    }
    return {};
}

Status MeteringStore::keep_due(const CallUsage& call, const std::vector<UsageRecord>& due,
                               std::uint64_t position) {
    if (due.empty()) return {};
    auto insert = view_.database().prepare(
        "insert or ignore into due select ?1,?2,?3,?4,?5,?6 "
        "where not exists (select 1 from records where record=?1)");
    if (!insert) return fail(insert.error());
    std::int64_t part = 0;
    for (const UsageRecord& record : due) {
        const std::string json =
            record_json(call.name(), record, *call.meters().find(record.key.meter));
        if (const auto done =
                insert->bind_text(1, record.id)
                    .bind_text(2, call.name().session_id)
                    .bind(3, static_cast<std::int64_t>(record.window.time_since_epoch().count()))
                    .bind(4, position)
                    .bind(5, part++)
                    .bind_text(6, json)
                    .run();
            !done)
            return done;
    }
    return {};
}

}  // namespace lifeline::metering
