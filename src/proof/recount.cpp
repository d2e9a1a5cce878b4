#include "proof/recount.h"

#include <fmt/format.h>

#include <utility>

#include "archive/record_key.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "pricing/card.h"
#include "pricing/statement.h"
#include "proof/difference.h"
#include "proof/name.h"

namespace lifeline::proof {

namespace {

using contract::Event;
using contract::EventType;
using contract::Json;
namespace field = contract::field;

constexpr std::string_view cards_stream = "sys_billing";
constexpr std::string_view hours_stream = "sys_metering";
constexpr std::size_t due_max = 1'000'000;
// The server judges a card, and then writes that it is in force.
constexpr Millis judged_before = std::chrono::minutes(1);

WallTime judged_at(const Event& event) {
    return parse_rfc3339(event.ts()).value_or(WallTime::max()) - judged_before;
}

// What the usage cost us is by another card, which is not the account's to see.
std::string without_cost(const Json& payload) {
    contract::JsonWriter json;
    json.object();
    for (const auto& [key, value] : payload.members())
        if (key != "costNano") json.key(key).raw(contract::canonical_json(value));
    json.end();
    return json.take();
}

std::optional<std::string> not_as_booked(std::string_view said, std::string_view expected) {
    const auto ours = Json::parse(said);
    const auto due = Json::parse(expected);
    if (!ours || !due) return "cannot be read";
    const auto found = first_difference(*ours, *due);
    if (!found) return std::nullopt;
    return fmt::format("says {} {} where its usage records and card come to {}", found->pointer,
                       found->said, found->expected);
}

}  // namespace

Result<std::unique_ptr<Recount>> Recount::open(const Head& head) {
    auto store = billing::BillingStore::open(":memory:", {.epoch = "proof", .head = INT64_MAX});
    if (!store) return fail(store.error());
    for (const Month month : head.closed)
        if (const auto known = store->will_close(head.account_id, month); !known)
            return fail(known.error());
    return std::unique_ptr<Recount>(new Recount(head, std::move(*store)));
}

std::optional<std::string> Recount::take(const Record& record) {
    if (record.event.erased) return "was erased: nobody can say what it said";
    auto event = checker_.read_stored(record.event.bytes);
    if (!event) return "is no event: " + event.error().detail;
    // What was closed never changes: nothing of later is in it.
    if (counts_.closed) return "stands behind the statement's closing";
    auto wrong = wrong_with(record, *event);
    // Also one that is wrong: the statement has it as it stands there.
    const auto applied =
        store_.apply({{record.stream, record.event.seq, record.event.position, *std::move(event)}},
                     record.event.position);
    if (!wrong && !applied) return "cannot be counted: " + applied.error().detail;
    return wrong;
}

std::optional<std::string> Recount::wrong_with(const Record& record, const Event& event) {
    const auto elsewhere = [&](std::string_view stream) -> Wrong {
        if (record.stream == stream) return std::nullopt;
        return fmt::format("stands in the stream {} and not in {}", record.stream, stream);
    };
    switch (event.type()) {
        case EventType::billing_card_activated:
            ++counts_.cards;
            if (auto wrong = elsewhere(cards_stream)) return wrong;
            return wrong_with_card(event);
        case EventType::billing_window_closed:
            return elsewhere(hours_stream);
        case EventType::billing_card_assigned:
            if (auto wrong = elsewhere(head_.account_id)) return wrong;
            return wrong_with_assignment(event);
        case EventType::billing_usage_measured:
            return wrong_with_usage(record, event);
        case EventType::billing_usage_recorded:
            ++counts_.charges;
            if (auto wrong = elsewhere(head_.account_id)) return wrong;
            return wrong_with_entry(event.text(field::billing_usage_recorded::idempotency_key),
                                    event);
        case EventType::billing_adjustment_created:
            ++counts_.adjustments;
            if (auto wrong = elsewhere(head_.account_id)) return wrong;
            return wrong_with_entry(event.text(field::billing_adjustment_created::adjustment_id),
                                    event);
        case EventType::billing_statement_closed:
            if (auto wrong = elsewhere(head_.account_id)) return wrong;
            return wrong_with_closing(event);
        default:
            return "is none that a statement follows from";
    }
}

// As the server judges a card before it is in force: what has begun is priced already.
std::optional<std::string> Recount::wrong_with_card(const Event& event) {
    const auto card = pricing::parse_card(event.payload_json());
    if (!card) return "is no card: " + card.error().detail;
    counts_.cost_card = counts_.cost_card || card->name == billing::cost_card;
    const auto standing = store_.book().judge(*card, judged_at(event));
    if (!standing) return "could not be put in force there: " + standing.error().detail;
    if (*standing == pricing::CardBook::Standing::known) return "stands a second time";
    return std::nullopt;
}

std::optional<std::string> Recount::wrong_with_assignment(const Event& event) {
    namespace f = field::billing_card_assigned;
    const auto from = parse_window(event.text(f::effective_from));
    const auto currency = store_.currency_of(head_.account_id);
    if (!from || !currency) return "cannot be read";
    const auto* known = store_.assignments(head_.account_id);
    const auto may = (known == nullptr ? pricing::Assignments() : *known)
                         .judge({std::string(event.text(f::card)), *from}, store_.book(), *currency,
                                judged_at(event));
    if (!may) return "could not be made there: " + may.error().detail;
    return std::nullopt;
}

std::optional<std::string> Recount::wrong_with_usage(const Record& record, const Event& event) {
    namespace f = field::billing_usage_measured;
    const std::string id(event.text(f::record_id));
    const auto [known, fresh] = records_.emplace(id, record.number);
    if (!fresh) return fmt::format("stands a second time: it was record {}", known->second);
    if (event.text(f::account_id) != head_.account_id)
        return fmt::format("is of account {}", event.text(f::account_id));
    if (event.text(f::session_id) != record.stream)
        return fmt::format("is of call {} and stands in {}", event.text(f::session_id),
                           record.stream);
    const auto payload = Json::parse(event.payload_json());
    if (!payload) return "cannot be read";
    if (auto wrong =
            archive::wrong_with_key(*payload, record.event.position, keys_, head_.journal.key))
        return wrong;
    usage_.emplace(record.stream, Usage{.record_id = id, .payload = sha256(event.payload_json())});
    return std::nullopt;
}

std::optional<std::string> Recount::wrong_with_entry(std::string_view id, const Event& event) {
    const auto payload = Json::parse(event.payload_json());
    const auto due = store_.due_entry(std::string(id));
    if (!payload || !due) return "cannot be read";
    if (payload->find("costNano")) ++counts_.costs;
    // Without the card nothing is due for what it cost.
    const std::string said =
        counts_.cost_card ? std::string(event.payload_json()) : without_cost(*payload);
    if (*due && (*due)->type == event.type_name()) {
        auto wrong = not_as_booked(said, (*due)->payload);
        if (!wrong) return std::nullopt;
        if (auto missing = missing_record(*payload)) return missing;
        return wrong;
    }
    const auto booked = store_.entry(head_.account_id, std::string(id));
    if (booked && *booked) return "was booked before: it stands there a second time";
    if (event.type() == EventType::billing_adjustment_created && payload->text("by")) {
        ++counts_.by_hand;
        return std::nullopt;
    }
    if (auto missing = missing_record(*payload)) return missing;
    return "follows from no usage record and card that stand before it";
}

std::optional<std::string> Recount::missing_record(const Json& payload) const {
    const auto ids = payload.find("recordIds");
    if (!ids) return std::nullopt;
    for (const Json& one : ids->items()) {
        const auto id = one.as_text();
        if (id && !records_.contains(*id))
            return fmt::format("rests on usage record {}, which does not stand before it", *id);
    }
    return std::nullopt;
}

std::optional<std::string> Recount::wrong_with_closing(const Event& event) {
    namespace f = field::billing_statement_closed;
    if (const auto month = parse_month(event.text(f::period));
        month && !closed_.insert(*month).second)
        return "stands a second time";
    // Of other months only what this one corrects is there.
    if (event.text(f::period) != text_of(head_.month)) return std::nullopt;
    counts_.closed = true;
    if (auto missing = missing_charge()) return missing;
    const auto closing = store_.closing(head_.account_id, head_.month);
    if (!closing) return "closes what cannot be counted: " + closing.error().detail;
    return not_as_booked(event.payload_json(), closing->payload);
}

// A statement is closed when all charges of its month are written.
std::optional<std::string> Recount::missing_charge() {
    const auto due = store_.due(due_max);
    if (!due) return "closes what cannot be counted: " + due.error().detail;
    for (const auto& one : *due)
        if (one.type == "billing.usage.recorded")
            return fmt::format(
                "stands there without {}, which is missing before it",
                name_of(fmt::format(R"({{"type":"{}","payload":{}}})", one.type, one.payload)));
    return std::nullopt;
}

std::optional<std::string> Recount::wrong_with_head() const {
    const std::set<Month> said(head_.closed.begin(), head_.closed.end());
    for (const Month month : said)
        if (!closed_.contains(month))
            return fmt::format("says that {} is closed, and its closing is not there",
                               text_of(month));
    for (const Month month : closed_)
        if (!said.contains(month))
            return fmt::format("does not say that {} is closed, and its closing is there",
                               text_of(month));
    return std::nullopt;
}

Result<std::string> Recount::statement_json() {
    const auto input = store_.month(head_.account_id, head_.month);
    if (!input) return fail(input.error());
    const auto statement = pricing::compose(*input, store_.book());
    if (!statement) return fail(statement.error());
    return pricing::render_json(*statement);
}

}  // namespace lifeline::proof
