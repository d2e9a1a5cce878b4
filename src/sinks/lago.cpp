#include "sinks/lago.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "contract/json.h"
#include "contract/json_writer.h"
#include "net/url.h"
#include "sinks/refusal.h"
#include "sinks/reply.h"

namespace lifeline::sinks {

namespace {

using Meaning = Reply::Meaning;

// {"transaction_id":["value_already_exist"],...}: the first word of each field.
Reply refused(Reply reply, const contract::Json& details) {
    reply.meaning = Meaning::permanent;
    reply.of = Reply::Of::charge;
    reply.message.clear();
    for (const auto& [field, words] : details.members()) {
        const auto first = words.items();
        const std::string_view word = first.empty() ? "" : first[0].as_text().value_or("");
        if (field == "transaction_id" && word == "value_already_exist")
            reply.meaning = Meaning::duplicate;
        if (!reply.message.empty()) reply.message += ", ";
        reply.message += fmt::format("{}: {}", tame(field), tame(word));
    }
    return reply;
}

std::vector<Reply> refused_of(std::span<const Item> items, Reply reply,
                              const net::Response& answer) {
    const auto json = contract::Json::parse(answer.body);
    const auto details = json ? json->find("error_details") : std::nullopt;
    std::vector replies(items.size(), reply);
    if (!details || !details->is_object()) {
        for (Reply& each : replies) {
            each.alone = items.size() > 1;
            if (each.alone) each.meaning = Meaning::transient;
        }
        return replies;
    }
    if (items.size() == 1) {
        const auto first = details->find("0");
        return {refused(reply, first ? *first : *details)};
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (const auto its = details->find(std::to_string(i))) {
            replies[i] = refused(reply, *its);
            continue;
        }
        // Older ones have kept the others of such a batch, newer ones have not.
        replies[i].meaning = Meaning::unknown;
        replies[i].of = Reply::Of::charge;
        replies[i].message = "another one of its batch was refused";
    }
    return replies;
}

std::set<std::string, std::less<>> taken(const net::Response& answer) {
    std::set<std::string, std::less<>> ids;
    const auto json = contract::Json::parse(answer.body);
    if (!json) return ids;
    const auto add = [&ids](const contract::Json& event) {
        if (const auto id = event.text("transaction_id")) ids.emplace(*id);
    };
    if (const auto event = json->find("event")) add(*event);
    if (const auto events = json->find("events"))
        for (const auto& event : events->items()) add(event);
    return ids;
}

void write_event(contract::JsonWriter& json, const Charge& charge, const LagoOptions& options) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(charge.time);
    json.object().key("transaction_id").value(charge.id);
    json.key("external_subscription_id").value(name_in(options.subscriptions, charge.account));
    json.key("code").value(name_in(options.codes, charge.item));
    json.key("timestamp").value(std::to_string(seconds.time_since_epoch().count()));
    json.key("properties").object();
    json.key("quantity").value(std::to_string(charge.quantity));
    json.key("amount_nano").value(charge.amount);
    json.key("currency").value(charge.currency);
    json.key("kind").value(charge.kind);
    json.end().end();
}

}  // namespace

LagoAdapter::LagoAdapter(LagoOptions options)
    : options_(std::move(options)),
      capability_{.duplicate_signal = DuplicateSignal::error,
                  .read_back = ReadBack::record,
                  .settles = std::chrono::minutes(1),
                  .batch_max = 100} {}

std::optional<std::string> LagoAdapter::refuses(const Charge& charge) const {
    if (name_in(options_.subscriptions, charge.account).empty())
        return not_named("customers", charge.account);
    if (name_in(options_.codes, charge.item).empty()) return not_named("items", charge.item);
    return amount_alone(charge);
}

net::Headers LagoAdapter::headers() const {
    return {{"Authorization", "Bearer " + options_.key.reveal()}};
}

Request LagoAdapter::request(std::span<const Item> items, WallTime) const {
    const bool one = items.size() == 1;
    contract::JsonWriter json;
    json.object().key(one ? "event" : "events");
    if (!one) json.array();
    for (const Item& item : items) write_event(json, *item.charge, options_);
    if (!one) json.end();
    json.end();
    Request request{.method = "POST",
                    .path = one ? "/api/v1/events" : "/api/v1/events/batch",
                    .headers = headers(),
                    .body = json.take()};
    request.headers.push_back({"Content-Type", "application/json"});
    return request;
}

std::vector<Reply> LagoAdapter::replies(std::span<const Item> items,
                                        const Result<net::Response>& answer) const {
    const Reply reply = believed_only_as_json(reply_of(answer), answer);
    if (reply.status == 422 && reply.meaning == Meaning::permanent)
        return refused_of(items, reply, *answer);
    std::vector replies(items.size(), reply);
    if (reply.meaning == Meaning::permanent && items.size() > 1) {
        for (Reply& each : replies) {
            each.meaning = Meaning::transient;
            each.alone = true;
        }
    }
    if (reply.meaning != Meaning::delivered) return replies;
    const auto ids = taken(*answer);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (ids.contains(items[i].charge->id)) continue;
        replies[i].meaning = Meaning::unknown;
        replies[i].message = fmt::format("it answered {}, and names not this event", reply.status);
    }
    return replies;
}

std::optional<Request> LagoAdapter::question(const Charge& charge) const {
    return Request{.method = "GET",
                   .path = "/api/v1/events/" + net::percent_encode(charge.id),
                   .headers = headers(),
                   .body = {}};
}

Found LagoAdapter::found(const Charge& charge, const Result<net::Response>& answer) const {
    using What = Found::What;
    const Reply reply = reply_of(answer);
    const auto json =
        answer ? contract::Json::parse(answer->body) : Result<contract::Json>(fail(answer.error()));
    // A 404 of Lago's own, and not of whatever stands at that URL.
    if (reply.status == 404 && json && json->text("code") == "event_not_found")
        return {.what = What::absent};
    if (reply.meaning != Meaning::delivered)
        return {.what = What::failed, .message = reply.message};
    const auto event = json ? json->find("event") : std::nullopt;
    if (!event || event->text("transaction_id") != charge.id)
        return {.what = What::failed, .message = "it answered 200, and not as Lago does"};
    if (event->text("external_subscription_id") == name_in(options_.subscriptions, charge.account))
        return {.what = What::present};
    return {.what = What::unclear, .message = "it has this id with another subscription"};
}

}  // namespace lifeline::sinks
