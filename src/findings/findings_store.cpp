#include "findings/findings_store.h"

#include <utility>

#include "base/fact_id.h"
#include "base/late.h"
#include "findings/columns.h"

namespace lifeline::findings {

namespace {

using contract::EventType;
namespace field = contract::field;

// The version is raised when the tables or what is folded into them change.
constexpr journal::ViewForm form{.tables = R"(
create table runs(run text primary key, position integer not null, at text not null,
    hour text not null, payload text not null) without rowid;
create index runs_by_time on runs(position);
create index runs_by_hour on runs(hour, position);
create table findings(id text primary key, account text not null, class text not null,
    state text not null, run text not null, opened integer not null, opened_at text not null,
    payload text not null) without rowid;
create index findings_by_time on findings(opened);
create index findings_by_account on findings(account, opened);
create table history(finding text not null, position integer not null, at text not null,
    payload text not null, primary key(finding, position)) without rowid;
create table alerts(id text primary key, account text not null, finding text not null,
    kind text not null, position integer not null, at text not null, state text not null,
    payload text not null) without rowid;
create index alerts_by_time on alerts(position);
create table settled(alert text primary key, position integer not null, attempts integer not null,
    status integer not null, state text not null, stream text not null, at text not null,
    message text not null) without rowid;
create index settled_by_state on settled(state, position);
create table elsewhere(account text not null, sink text not null, item text not null,
    hour text not null, as_of integer not null, payload text not null,
    primary key(account, sink, item, hour)) without rowid;
create table hours(hour integer primary key, closed integer not null, counted integer not null,
    waiting integer not null, touched integer not null, delivered integer not null);
create table charges(id text primary key, hour integer not null, account text not null,
    item text not null) without rowid;
create index charges_by_hour on charges(hour, account, item);
)",
                                 .version = 6};

}  // namespace

Result<FindingsStore> FindingsStore::open(const std::string& path,
                                          const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, form, source);
    if (!view) return fail(view.error());
    return FindingsStore(std::move(*view));
}

Status FindingsStore::apply(const std::vector<Happening>& happenings, std::uint64_t cursor) {
    return take_all(happenings, cursor, [this](const Happening& one) { return take(one); });
}

Status FindingsStore::take(const Happening& one) {
    switch (one.event.type()) {
        case EventType::billing_reconciliation_completed:
            if (const auto taken = take_run(one); !taken) return taken;
            return take_hours(one);
        case EventType::billing_window_closed:
        case EventType::billing_usage_measured:
            return take_hours(one);
        case EventType::billing_usage_recorded:
        case EventType::billing_adjustment_created:
            return take_charge(one);
        case EventType::billing_delivery_completed:
        case EventType::billing_delivery_parked:
        case EventType::billing_delivery_discarded:
        case EventType::billing_delivery_redriven:
            return take_delivery(one);
        case EventType::billing_reconciliation_mismatch:
            return take_mismatch(one);
        case EventType::billing_finding_changed:
            return take_changed(one);
        case EventType::billing_alert_settled:
            return take_alert(one);
        case EventType::billing_counted_elsewhere:
            return take_elsewhere(one);
        default:
            return {};
    }
}

Status FindingsStore::take_run(const Happening& one) {
    namespace f = field::billing_reconciliation_completed;
    return put("insert or ignore into runs values(?1,?2,?3,?4,?5)", one.event.text(f::run_id),
               one.position, one.at, one.event.text(f::window), one.event.payload_json());
}

Status FindingsStore::touch(std::string_view window, std::uint64_t position) {
    const auto hour = parse_window(window);
    if (!hour) return {};
    return put("insert into hours values(?1,0,0,0,?2,0) on conflict(hour) do update set touched=?2",
               number_of(*hour), position);
}

// Nothing is booked of it by itself, and so nothing says that the hours behind it cost something
// else now.
Status FindingsStore::touch_month_behind(Window hour, std::uint64_t position) {
    const Month next = month_of(hour) + std::chrono::months(1);
    const Window end = std::chrono::sys_days(next / 1);
    return put("update hours set touched=?1 where hour>?2 and hour<?3 and closed>0", position,
               number_of(hour), number_of(end));
}

// A difference goes or comes only by what the journal says of an hour, so an hour of which nothing
// was said since its last run need not be counted again.
Status FindingsStore::take_hours(const Happening& one) {
    namespace f = field::billing_reconciliation_completed;
    switch (one.event.type()) {
        case EventType::billing_usage_measured: {
            const std::string_view window = one.event.text(field::billing_usage_measured::window);
            const auto touched = touch(window, one.position);
            const auto hour = parse_window(window);
            if (!touched || !hour ||
                !too_late(parse_rfc3339(one.event.ts()).value_or(WallTime()), *hour))
                return touched;
            return touch_month_behind(*hour, one.position);
        }
        case EventType::billing_window_closed: {
            const auto hour = parse_window(one.event.text(field::billing_window_closed::window));
            if (!hour) return {};
            return put(
                "insert into hours values(?1,1,0,0,0,0) on conflict(hour) do update set closed=1",
                number_of(*hour));
        }
        default: {
            const auto span = span_of(one.event.text(f::run_id));
            if (!span) return {};
            return put(
                "update hours set counted=max(counted,?1), waiting=?2 where hour between "
                "?3 and ?4",
                one.event.integer(f::up_to_position), one.event.integer(f::waiting),
                number_of(span->first), number_of(span->last));
        }
    }
}

Status FindingsStore::take_charge(const Happening& one) {
    const bool charge = one.event.type() == EventType::billing_usage_recorded;
    const std::string_view window =
        charge ? one.event.text(field::billing_usage_recorded::window)
               : one.event.text(field::billing_adjustment_created::service_window);
    const std::string_view id =
        charge ? one.event.text(field::billing_usage_recorded::idempotency_key)
               : one.event.text(field::billing_adjustment_created::adjustment_id);
    const auto hour = parse_window(window);
    if (!hour) return {};
    if (const auto kept =
            put("insert or ignore into charges values(?1,?2,?3,?4)", id, number_of(*hour),
                one.stream, one.event.find_text("item").value_or(""));
        !kept)
        return kept;
    return touch(window, one.position);
}

Status FindingsStore::take_delivery(const Happening& one) {
    const std::string id(one.event.find_text("chargeId").value_or(""));
    return put(
        "update hours set touched=?1, delivered=?1 where hour=(select hour from charges where "
        "id=?2)",
        one.position, id);
}

// Again under its id: what is resolved is opened, what stands may have become another difference.
// What is written off is accepted as it is, and opened by another difference only.
Status FindingsStore::take_mismatch(const Happening& one) {
    namespace f = field::billing_reconciliation_mismatch;
    const std::string id(one.event.text(f::finding_id));
    const auto known = this->one(id);
    if (!known) return fail(known.error());
    const std::string_view payload = one.event.payload_json();
    const bool stands =
        *known && (!resolved((*known)->state) || (*known)->state == State::written_off);
    if (stands && same_difference((*known)->payload, payload)) return {};
    if (stands && !resolved((*known)->state)) {
        if (const auto done = put("update findings set payload=?1 where id=?2", payload, id); !done)
            return done;
        return alert(one, id, "changed", (*known)->state, payload);
    }
    if (const auto done = put("insert or replace into findings values(?1,?2,?3,?4,?5,?6,?7,?8)", id,
                              one.stream, one.event.text(f::class_), to_text(State::open),
                              one.event.text(f::run_id), one.position, one.at, payload);
        !done)
        return done;
    return alert(one, id, "opened", State::open, payload);
}

Status FindingsStore::take_changed(const Happening& one) {
    namespace f = field::billing_finding_changed;
    const std::string id(one.event.text(f::finding_id));
    const auto known = this->one(id);
    if (!known) return fail(known.error());
    const auto state = state_from(one.event.text(f::state));
    if (!*known || !state) return {};
    if (const auto done = put("update findings set state=?1 where id=?2", to_text(*state), id);
        !done)
        return done;
    if (const auto done = put("insert or ignore into history values(?1,?2,?3,?4)", id, one.position,
                              one.at, one.event.payload_json());
        !done)
        return done;
    if (resolved((*known)->state) || !resolved(*state)) return {};
    return alert(one, id, "resolved", *state, (*known)->payload);
}

Status FindingsStore::alert(const Happening& one, const std::string& finding, std::string_view kind,
                            State state, std::string_view payload) {
    const std::string id = fact_id("al_", {"finding", finding, kind, std::to_string(one.position)});
    return put("insert or ignore into alerts values(?1,?2,?3,?4,?5,?6,?7,?8)", id, one.stream,
               finding, kind, one.position, one.at, to_text(state), payload);
}

Status FindingsStore::take_alert(const Happening& one) {
    namespace f = field::billing_alert_settled;
    return put("insert or replace into settled values(?1,?2,?3,?4,?5,?6,?7,?8)",
               one.event.text(f::alert_id), one.position, one.event.integer(f::attempts),
               one.event.has(f::status) ? one.event.integer(f::status) : 0,
               one.event.text(f::state), one.stream, one.at,
               one.event.find_text("message").value_or(""));
}

Status FindingsStore::take_elsewhere(const Happening& one) {
    namespace f = field::billing_counted_elsewhere;
    if (const auto touched = touch(one.event.text(f::window), one.position); !touched)
        return touched;
    // What was delivered after a sink was asked is news, however soon its answer was written down.
    const std::uint64_t as_of =
        one.event.has(f::as_of_position)
            ? static_cast<std::uint64_t>(one.event.integer(f::as_of_position))
            : one.position;
    return put("insert or replace into elsewhere values(?1,?2,?3,?4,?5,?6)", one.stream,
               one.event.text(f::sink), one.event.text(f::item), one.event.text(f::window), as_of,
               one.event.payload_json());
}

}  // namespace lifeline::findings
