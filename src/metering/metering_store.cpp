#include "metering/metering_store.h"

#include <set>
#include <utility>

#include "base/bounded_sum.h"
#include "base/log.h"
#include "contract/json.h"
#include "metering/call_usage_text.h"
#include "metering/quantity.h"
#include "metering/record_hash.h"

namespace lifeline::metering {

namespace {

using contract::EventType;
namespace field = contract::field;

// Raised when the tables or what is folded into them change: an older view is thrown away.
constexpr std::int64_t view_version = 8;
constexpr std::size_t warm_calls_max = 256;

// Of a call, `state` is its fold. It concerns hours and runs while it is connected, or has
// something open. `due` is in the order of the events that made it, `made`. `records` lie in the
// order in which they came: ids are like chance, and whole payloads in their order would have each
// one write a page of its own. `used` is their sum: who asks what an account used reads no record.
// `made` of a record is that of what was due, so whatever comes late stands behind.
constexpr const char* tables = R"(
create table facts(name text primary key, value integer not null) without rowid;
create table meters(position integer primary key, first_hour integer not null,
    sha256 text not null, json text not null);
create table calls(session text primary key, account text not null, meters text not null,
    running integer not null, concerned integer not null, state text not null) without rowid;
create index calls_concerned on calls(session) where concerned=1;
create index calls_by_account on calls(account, session) where concerned=1;
create index calls_running on calls(session) where running=1;
create table reports(session text not null, report text not null, shares text not null,
    primary key(session, report)) without rowid;
create table due(record text primary key, session text not null, hour integer not null,
    made integer not null, part integer not null, json text not null) without rowid;
create index due_by_time on due(made, part);
create index due_by_call on due(session);
create table records(hash integer not null, record text not null,
    session text not null, account text not null, meter text not null, hour integer not null,
    seq integer not null, position integer not null, made integer not null, payload text not null);
create index records_by_hash on records(hash);
create index records_by_account_made on records(account, made);
create index records_by_account on records(account, hour, position);
create index records_by_call on records(session);
create table used(account text not null, hour integer not null, meter text not null,
    dims text not null, quantity integer not null,
    primary key(account, hour, meter, dims)) without rowid;
)";

constexpr const char* add_to_used =
    "insert into used values(?1,?2,?3,?4,?5) on conflict do update set quantity = "
    "max(-?6, min(?6, quantity + excluded.quantity))";

}  // namespace

struct MeteringStore::Chunk {
    std::map<std::string, std::optional<CallUsage>> calls;  // Nothing: not known, or erased.
    std::set<std::string> erased;
    // Where many events are read at once, most of what becomes due is written among them, too.
    struct Due {
        std::string session_id;
        UsageRecord record;
        std::uint64_t made = 0;
        std::int64_t part = 0;
    };
    std::map<std::string, Due, std::less<>> due = {};  // By record.
    struct Used {
        std::string account_id;
        std::int64_t hour = 0;
        std::string meter;
        std::string dims;
        auto operator<=>(const Used&) const = default;
    };
    std::map<Used, std::int64_t> used = {};
};

Result<MeteringStore> MeteringStore::open(const std::string& path,
                                          const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, {tables, view_version}, source);
    if (!view) return fail(view.error());
    return MeteringStore(std::move(*view));
}

Status MeteringStore::apply(std::vector<Happening> happenings, const Moment& last,
                            std::uint64_t cursor) {
    Chunk chunk;
    const auto moved = view_.move(cursor, [&](sql::Database&) -> Status {
        for (Happening& one : happenings)
            if (const auto taken = take(chunk, one); !taken) return taken;
        if (const auto written = write(chunk); !written) return written;
        if (const auto kept = write_due(chunk); !kept) return kept;
        if (const auto added = write_used(chunk); !added) return added;
        if (const auto wall = set("last_wall", last.wall.time_since_epoch().count()); !wall)
            return wall;
        return set("last_steady", last.steady.time_since_epoch().count());
    });
    if (moved) {
        keep_warm(chunk);
    } else {
        warm_.clear();
    }
    return moved;
}

void MeteringStore::keep_warm(Chunk& chunk) {
    if (warm_.size() >= warm_calls_max) warm_.clear();
    for (auto& [session, usage] : chunk.calls) {
        warm_.erase(session);
        if (usage && !usage->over() && warm_.size() < warm_calls_max)
            warm_.emplace(session, *std::move(usage));
    }
}

Status MeteringStore::take(Chunk& chunk, Happening& one) {
    switch (one.event.type()) {
        case EventType::system_tick:
            return take_tick(chunk, one);
        case EventType::billing_meters_activated:
            return take_meters(one);
        case EventType::billing_window_closed: {
            const auto hour = parse_window(one.event.text(field::billing_window_closed::window));
            return hour ? set("closed", hour->time_since_epoch().count()) : Status();
        }
        case EventType::billing_usage_measured:
            return take_recorded(chunk, one);
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
    if (const auto brought = bring_report(**usage, one.event); !brought) return brought;
    std::vector<UsageRecord> due;
    (*usage)->take(one.event, {one.seq, one.bytes}, one.at, due);
    keep_due(chunk, one.stream, std::move(due), one.position);
    return {};
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
        keep_due(chunk, session, std::move(due), one.position);
    }
    return {};
}

// The first record of an id stands, whatever another one says.
Status MeteringStore::take_recorded(Chunk& chunk, const Happening& one) {
    namespace f = field::billing_usage_measured;
    const auto made = no_longer_due(chunk, one);
    if (!made) return fail(made.error());
    const auto known = ask("select 1 from records where hash=? and record=?",
                           hash_of(one.event.text(f::record_id)), one.event.text(f::record_id))
                           .any();
    if (!known) return fail(known.error());
    if (*known) return {};
    const auto hour =
        parse_window(one.event.text(f::window)).value_or(Window()).time_since_epoch().count();
    const auto kept = put("insert into records values(?,?,?,?,?,?,?,?,?,?)",
                          hash_of(one.event.text(f::record_id)), one.event.text(f::record_id),
                          one.stream, one.event.text(f::account_id), one.event.text(f::meter), hour,
                          one.seq, one.position, *made, one.event.payload_json());
    if (!kept) return kept;
    if (const auto quantity = parse_quantity(one.event.text(f::quantity))) {
        std::int64_t& sum =
            chunk
                .used[{std::string(one.event.text(f::account_id)), hour,
                       std::string(one.event.text(f::meter)), std::string(one.event.raw(f::dims))}];
        sum = bounded_sum(sum, *quantity);
    }
    return {};
}

// Gives back where that stands which made the record due; of one that never was due here, its own
// place.
Result<std::uint64_t> MeteringStore::no_longer_due(Chunk& chunk, const Happening& one) {
    const std::string_view id = one.event.text(field::billing_usage_measured::record_id);
    std::uint64_t made = one.position;
    if (const auto due = chunk.due.find(id); due != chunk.due.end()) {
        made = due->second.made;
        chunk.due.erase(due);
    }
    // Seldom there: most of what is due is written within its chunk.
    const auto known =
        ask("select made from due where record=?", id).first([](const sql::Statement& row) {
            return row.natural(0);
        });
    if (!known) return fail(known.error());
    if (!*known) return made;
    if (const auto removed = put("delete from due where record=?", id); !removed)
        return fail(removed.error());
    return **known;
}

// What was measured of it stands in its records; nothing more is made of what is left.
Status MeteringStore::take_erased(Chunk& chunk, const Happening& one) {
    if (one.event.text(field::record_erased::because) == "superseded") return {};
    chunk.calls[one.stream] = std::nullopt;
    chunk.erased.insert(one.stream);
    std::erase_if(chunk.due, [&](const auto& due) { return due.second.session_id == one.stream; });
    for (const char* text :
         {"delete from due where session=?", "delete from reports where session=?"})
        if (const auto gone = put(text, one.stream); !gone) return gone;
    // What made them is gone, and a view that is made anew would not know it either.
    return put("update records set made=0 where session=?", one.stream);
}

// What stands there counts, and not what it is called: else a name that is wrong would measure
// nothing. What cannot be read leaves those before it in force.
Status MeteringStore::take_meters(const Happening& one) {
    namespace f = field::billing_meters_activated;
    const auto json = contract::Json::parse(one.event.raw(f::meters));
    const auto meters = json ? Meters::parse(*json) : fail(json.error());
    if (!meters) {
        log::error("meters of position={} cannot be read, those before them stay reason={} {}",
                   one.position, meters.error().reason, meters.error().detail);
        return {};
    }
    if (meters->sha256() != one.event.text(f::sha256))
        log::error(
            "meters of position={} are not those of their sha256, they count as they stand "
            "sha256={}",
            one.position, meters->sha256());
    const Window first = parse_window(one.event.text(f::effective_from)).value_or(Window());
    return put("insert or replace into meters values(?,?,?,?)", one.position,
               first.time_since_epoch().count(), meters->sha256(), one.event.raw(f::meters));
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
    if (added) {
        if (auto warm = warm_.extract(session_id)) {
            usage = std::move(warm.mapped());
        } else {
            auto read = read_call(session_id);
            if (!read) return fail(read.error());
            usage = *std::move(read);
        }
    }
    return usage ? &*usage : nullptr;
}

Result<std::optional<CallUsage>> MeteringStore::read_call(const std::string& session_id) {
    const auto row =
        ask("select meters, state from calls where session=?", session_id)
            .first([](const sql::Statement& found) {
                return std::pair(std::string(found.text(0)), std::string(found.text(1)));
            });
    if (!row) return fail(row.error());
    if (!*row || (*row)->second.empty()) return std::optional<CallUsage>();
    auto meters = meters_of((*row)->first);
    if (!meters) return fail(meters.error());
    auto read = CallUsageText::read((*row)->second, *std::move(meters));
    if (!read) return fail(read.error());
    return std::optional(*std::move(read));
}

Status MeteringStore::write(Chunk& chunk) {
    for (auto& [session, usage] : chunk.calls) {
        if (!usage && !chunk.erased.contains(session)) continue;
        if (usage)
            if (const auto written = write_reports(*usage); !written) return written;
        if (const auto done =
                put("insert or replace into calls values(?,?,?,?,?,?)", session,
                    usage ? usage->name().account_id : "", usage ? usage->meters().sha256() : "",
                    usage && usage->running() ? 1 : 0, usage && usage->concerned() ? 1 : 0,
                    usage ? CallUsageText::write(*usage) : "");
            !done)
            return done;
    }
    return {};
}

void MeteringStore::keep_due(Chunk& chunk, const std::string& session_id,
                             std::vector<UsageRecord> due, std::uint64_t position) {
    std::int64_t part = 0;
    for (UsageRecord& record : due) {
        std::string id = record.id;
        chunk.due.try_emplace(std::move(id),
                              Chunk::Due{session_id, std::move(record), position, part++});
    }
}

Status MeteringStore::write_due(const Chunk& chunk) {
    for (const auto& [id, due] : chunk.due) {
        const CallUsage& call = *chunk.calls.at(due.session_id);
        const std::string json =
            record_json(call.name(), due.record, *call.meters().find(due.record.key.meter));
        if (const auto done =
                put("insert or ignore into due select ?1,?2,?3,?4,?5,?6 "
                    "where not exists (select 1 from records where hash=?7 and record=?1)",
                    id, due.session_id, due.record.window.time_since_epoch().count(), due.made,
                    due.part, json, hash_of(id));
            !done)
            return done;
    }
    return {};
}

Status MeteringStore::write_used(const Chunk& chunk) {
    for (const auto& [of, quantity] : chunk.used)
        if (const auto done =
                put(add_to_used, of.account_id, of.hour, of.meter, of.dims, quantity, sum_max);
            !done)
            return done;
    return {};
}

}  // namespace lifeline::metering
