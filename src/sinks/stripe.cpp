#include "sinks/stripe.h"

#include <fmt/format.h>

#include <utility>

#include "contract/json.h"
#include "net/url.h"
#include "sinks/form.h"
#include "sinks/refusal.h"
#include "sinks/reply.h"

namespace lifeline::sinks {

namespace {

constexpr std::size_t identifier_max = 100;
constexpr auto hour = std::chrono::hours(1);

std::string unix_seconds(WallTime time) {
    return std::to_string(
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

struct Words {
    std::string type;
    std::string message;
};

Words words_of(const net::Response& answer) {
    const auto json = contract::Json::parse(answer.body);
    const auto error = json ? json->find("error") : std::nullopt;
    if (!error) return {};
    const std::string_view code = error->text("code").value_or("");
    std::string message = tame(error->text("message").value_or(""));
    if (!code.empty()) message = fmt::format("{}: {}", tame(code), message);
    return {.type = std::string(error->text("type").value_or("")), .message = std::move(message)};
}

// Stripe has no code for it; its words are what there is.
bool says_duplicate(const Words& words, std::string_view id) {
    return words.type == "invalid_request_error" &&
           words.message.find("event already exists with identifier") != std::string::npos &&
           words.message.find(id) != std::string::npos;
}

// Something between us and Stripe may say 200 as well.
bool is_ours(const net::Response& answer, std::string_view id) {
    const auto json = contract::Json::parse(answer.body);
    return json && json->text("object") == "billing.meter_event" && json->text("identifier") == id;
}

}  // namespace

StripeAdapter::StripeAdapter(StripeOptions options)
    : options_(std::move(options)),
      capability_{.dedupe_window = std::chrono::hours(24),
                  .duplicate_signal = DuplicateSignal::error,
                  .oldest = std::chrono::days(35),
                  .newest = std::chrono::minutes(5),
                  .value_digits = 15,
                  .read_back = options_.meters.empty() ? ReadBack::none : ReadBack::aggregate,
                  .settles = std::chrono::minutes(15),
                  .per_second = 25,
                  .per_key = 1} {}

std::optional<std::string> StripeAdapter::refuses(const Charge& charge) const {
    if (name_in(options_.customers, charge.account).empty())
        return not_named("customers", charge.account);
    if (name_in(options_.event_names, charge.item).empty()) return not_named("items", charge.item);
    if (charge.id.size() > identifier_max)
        return fmt::format("an identifier has at most {} characters", identifier_max);
    if (auto why = amount_alone(charge)) return why;
    return too_many_digits(charge, capability_.value_digits);
}

net::Headers StripeAdapter::headers() const {
    return {{"Authorization", "Bearer " + options_.key.reveal()},
            {"Stripe-Version", options_.version}};
}

Request StripeAdapter::request(std::span<const Item> items, WallTime) const {
    const auto& [charge, answered] = items.front();
    Request request{
        .method = "POST", .path = "/v1/billing/meter_events", .headers = headers(), .body = {}};
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.headers.push_back(
        {"Idempotency-Key",
         answered == 0 ? charge->id : fmt::format("{}.{}", charge->id, answered)});
    request.body =
        form({{"event_name", name_in(options_.event_names, charge->item)},
              {"identifier", charge->id},
              {"timestamp", unix_seconds(charge->time)},
              {"payload[stripe_customer_id]", name_in(options_.customers, charge->account)},
              {"payload[value]", std::to_string(charge->quantity)}});
    return request;
}

std::vector<Reply> StripeAdapter::replies(std::span<const Item> items,
                                          const Result<net::Response>& answer) const {
    const std::string& id = items.front().charge->id;
    Reply reply = believed_only_as_json(reply_of(answer), answer);
    if (!answer) return {reply};
    using Meaning = Reply::Meaning;
    if (reply.meaning == Meaning::delivered) {
        if (is_ours(*answer, id)) return {reply};
        reply.meaning = Meaning::unknown;
        reply.message = "it answered 200, and not as Stripe does";
        return {reply};
    }
    const Words words = words_of(*answer);
    if (!words.message.empty()) reply.message = words.message;
    if (says_duplicate(words, id)) {
        reply.meaning = Meaning::duplicate;
        reply.of = Reply::Of::charge;
    } else if (words.type == "idempotency_error") {
        reply.meaning = Meaning::conflict;
        reply.of = Reply::Of::charge;
    } else if (reply.status == 409) {
        // An earlier attempt of the same key is still being worked on.
        reply.meaning = Meaning::unknown;
    }
    return {reply};
}

std::optional<Request> StripeAdapter::total_question(const Charge& charge) const {
    const std::string_view meter = name_in(options_.meters, charge.item);
    const std::string_view customer = name_in(options_.customers, charge.account);
    if (meter.empty() || customer.empty()) return std::nullopt;
    const std::string query = form({{"customer", customer},
                                    {"start_time", unix_seconds(charge.time)},
                                    {"end_time", unix_seconds(charge.time + hour)},
                                    {"value_grouping_window", "hour"}});
    return Request{.method = "GET",
                   .path = fmt::format("/v1/billing/meters/{}/event_summaries?{}",
                                       net::percent_encode(meter), query),
                   .headers = headers(),
                   .body = {}};
}

Found StripeAdapter::total(const Charge& charge, const Result<net::Response>& answer) const {
    const Reply reply = reply_of(answer);
    if (reply.meaning != Reply::Meaning::delivered)
        return {.what = Found::What::failed, .message = reply.message};
    const auto json = contract::Json::parse(answer->body);
    const auto data = json && json->text("object") == "list" ? json->find("data") : std::nullopt;
    if (!data || !data->is_array())
        return {.what = Found::What::failed, .message = "it answered 200, and not as Stripe does"};
    const std::int64_t begins =
        std::chrono::floor<std::chrono::seconds>(charge.time).time_since_epoch().count();
    double sum = 0;
    for (const auto& row : data->items()) {
        const auto from = row.find("start_time");
        const auto value = row.find("aggregated_value");
        const auto number = value ? value->as_number() : std::nullopt;
        if (!from || !number)
            return {.what = Found::What::unclear, .message = "a summary without its hour or value"};
        if (from->as_integer() == begins) sum += *number;
    }
    return exact_sum(sum);
}

}  // namespace lifeline::sinks
