#include "outbox/outbox_store.h"

#include <charconv>
#include <utility>

#include "contract/json.h"
#include "outbox/columns.h"

namespace lifeline::outbox {

namespace {

using contract::EventType;

// The version is raised when the tables or what is folded into them change. `hours` and `settled`
// only count what the others have, since figures are asked for often.
constexpr journal::ViewForm form{.tables = R"(
create table charges(id text primary key, account text not null, item text not null,
    hour integer not null, quantity integer not null, position integer not null, ts text not null,
    type text not null, payload text not null) without rowid;
create unique index charges_by_time on charges(position);
create index charges_by_hour on charges(hour, position);
create index charges_by_item on charges(account, item, hour);
create table deliveries(sink text not null, charge text not null, state text not null,
    hour integer not null, attempts integer not null, because text not null,
    status integer not null, message text not null, letter text not null, parked integer not null,
    parked_at text not null, redriven_at text not null, primary key(charge, sink)) without rowid;
create index deliveries_parked on deliveries(parked) where state='parked';
create index deliveries_doubtful on deliveries(sink, hour) where state in ('parked','discarded');
create index deliveries_by_letter on deliveries(letter) where letter<>'';
create table hours(hour integer primary key, booked integer not null);
create table settled(sink text not null, hour integer not null, delivered integer not null,
    parked integer not null, discarded integer not null, primary key(sink, hour)) without rowid;
)",
                                 .version = 1};

std::int64_t integer_of(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::optional<State> state_after(EventType type) {
    switch (type) {
        case EventType::billing_delivery_completed:
            return State::delivered;
        case EventType::billing_delivery_parked:
            return State::parked;
        case EventType::billing_delivery_redriven:
            return State::waiting;
        case EventType::billing_delivery_discarded:
            return State::discarded;
        default:
            return std::nullopt;
    }
}

// What is delivered or given up stays so; a person speaks only of what is parked.
bool may_become(State was, State is) {
    if (was == State::delivered || was == State::discarded) return false;
    return was == State::parked || is == State::delivered || is == State::parked;
}

}  // namespace

Result<OutboxStore> OutboxStore::open(const std::string& path, const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, form, source);
    if (!view) return fail(view.error());
    return OutboxStore(std::move(*view));
}

Status OutboxStore::apply(const std::vector<Happening>& happenings, std::uint64_t cursor) {
    return take_all(happenings, cursor, [this](const Happening& one) { return take(one); });
}

Status OutboxStore::take(const Happening& one) {
    const EventType type = one.event.type();
    if (type == EventType::billing_usage_recorded || type == EventType::billing_adjustment_created)
        return take_charge(one);
    return state_after(type) ? take_delivery(one) : Status();
}

Status OutboxStore::take_charge(const Happening& one) {
    const bool usage = one.event.type() == EventType::billing_usage_recorded;
    const auto payload = contract::Json::parse(one.event.payload_json());
    if (!payload) return {};
    const auto text = [&payload](std::string_view key) {
        return std::string(payload->text(key).value_or(""));
    };
    const std::string id = text(usage ? "idempotencyKey" : "adjustmentId");
    const auto window = parse_window(text(usage ? "window" : "serviceWindow"));
    if (id.empty() || !window) return {};
    const auto known = charge(id);
    if (!known) return fail(known.error());
    if (*known) return {};
    if (const auto kept = put("insert into charges values(?1,?2,?3,?4,?5,?6,?7,?8,?9)", id,
                              one.stream, text("item"), number_of(*window),
                              integer_of(text(usage ? "quantity" : "quantityDelta")), one.position,
                              one.event.ts(), one.event.type_name(), one.event.payload_json());
        !kept)
        return kept;
    return put("insert into hours values(?1,1) on conflict(hour) do update set booked=booked+1",
               number_of(*window));
}

Status OutboxStore::take_delivery(const Happening& one) {
    const auto payload = contract::Json::parse(one.event.payload_json());
    if (!payload) return {};
    const std::string sink(payload->text("sink").value_or(""));
    const std::string id(payload->text("chargeId").value_or(""));
    const auto number = [&payload](std::string_view key, std::int64_t otherwise) {
        const auto found = payload->find(key);
        return found ? found->as_integer().value_or(otherwise) : otherwise;
    };
    const auto known =
        ask("select hour, (select state from deliveries where charge=c.id and sink=?1) from "
            "charges c where id=?2 and account=?3",
            sink, id, one.stream)
            .first([](const sql::Statement& row) {
                return std::pair(row.integer(0), state_of(row.text(1)));
            });
    if (!known) return fail(known.error());
    if (!*known) return {};  // Of no charge that there is.
    const auto [hour, was] = **known;
    const State is = *state_after(one.event.type());
    if (!may_become(was, is)) return {};
    if (was != is)
        if (const auto counted = count(sink, hour, was, is); !counted) return counted;
    const std::string letter = dead_letter_id(sink, id);
    switch (is) {
        case State::delivered:
            return put(
                "insert into deliveries values(?1,?2,'delivered',?3,?4,'',0,'','',0,'','') "
                "on conflict(charge,sink) do update set state='delivered', attempts=?4",
                sink, id, hour, number("attempts", 0));
        case State::parked:
            return put(
                "insert into deliveries values(?1,?2,'parked',?3,?4,?5,?6,?7,?8,?9,?10,'') "
                "on conflict(charge,sink) do update set state='parked', attempts=?4, because=?5, "
                "status=?6, message=?7, letter=?8, parked=?9, parked_at=?10",
                sink, id, hour, number("attempts", 0), payload->text("because").value_or(""),
                number("status", 0), payload->text("message").value_or(""), letter, one.position,
                one.event.ts());
        case State::waiting:
            return put(
                "update deliveries set state='waiting', redriven_at=?1 where charge=?2 and "
                "sink=?3",
                one.event.ts(), id, sink);
        case State::discarded:
            return put("update deliveries set state='discarded' where charge=?1 and sink=?2", id,
                       sink);
    }
    return {};
}

Status OutboxStore::count(const std::string& sink, std::int64_t hour, State was, State is) {
    const auto change = [was, is](State of) -> std::int64_t {
        return (is == of ? 1 : 0) - (was == of ? 1 : 0);
    };
    return put(
        "insert into settled values(?1,?2,?3,?4,?5) on conflict(sink,hour) do update set "
        "delivered=delivered+?3, parked=parked+?4, discarded=discarded+?5",
        sink, hour, change(State::delivered), change(State::parked), change(State::discarded));
}

}  // namespace lifeline::outbox
