#include "sinks/openmeter.h"

#include <fmt/format.h>

#include <utility>

#include "contract/json.h"
#include "contract/json_writer.h"
#include "net/url.h"
#include "sinks/form.h"
#include "sinks/refusal.h"
#include "sinks/reply.h"

namespace lifeline::sinks {

namespace {

constexpr auto hour = std::chrono::hours(1);
constexpr std::size_t listed_max = 100;

std::string_view named_or_itself(const Names& names, const std::string& key) {
    const std::string_view name = name_in(names, key);
    return name.empty() ? std::string_view(key) : name;
}

// RFC 9457: {"title":...,"detail":...}.
std::string problem_of(const net::Response& answer) {
    const auto json = contract::Json::parse(answer.body);
    if (!json) return {};
    return tame(json->text("detail").value_or(json->text("title").value_or("")));
}

std::optional<contract::Json> listed(const Result<net::Response>& answer) {
    auto json = contract::Json::parse(answer->body);
    return json && json->is_array() ? std::optional(*std::move(json)) : std::nullopt;
}

}  // namespace

OpenMeterAdapter::OpenMeterAdapter(OpenMeterOptions options)
    : options_(std::move(options)),
      capability_{.dedupe_window = std::chrono::days(32),
                  .duplicate_signal = DuplicateSignal::silent,
                  .value_digits = 15,
                  .read_back = ReadBack::record,
                  .settles = std::chrono::minutes(5),
                  .batch_max = 100} {}

std::optional<std::string> OpenMeterAdapter::refuses(const Charge& charge) const {
    if (auto why = amount_alone(charge)) return why;
    return too_many_digits(charge, capability_.value_digits);
}

net::Headers OpenMeterAdapter::headers() const {
    if (options_.key.reveal().empty()) return {};
    return {{"Authorization", "Bearer " + options_.key.reveal()}};
}

Request OpenMeterAdapter::request(std::span<const Item> items, WallTime) const {
    contract::JsonWriter json;
    json.array();
    for (const auto& [charge, answered] : items) {
        json.object().key("specversion").value("1.0");
        json.key("id").value(charge->id);
        json.key("source").value(options_.source);
        json.key("type").value(named_or_itself(options_.types, charge->item));
        json.key("subject").value(named_or_itself(options_.subjects, charge->account));
        json.key("time").value(format_rfc3339(charge->time));
        json.key("data").object();
        json.key("quantity").value(std::to_string(charge->quantity));
        json.key("amountNano").value(charge->amount);
        json.key("currency").value(charge->currency);
        json.key("item").value(charge->item);
        json.key("kind").value(charge->kind);
        json.key("meter").value(charge->meter);
        json.end().end();
    }
    json.end();
    Request request{
        .method = "POST", .path = "/api/v1/events", .headers = headers(), .body = json.take()};
    request.headers.push_back({"Content-Type", "application/cloudevents-batch+json"});
    return request;
}

std::vector<Reply> OpenMeterAdapter::replies(std::span<const Item> items,
                                             const Result<net::Response>& answer) const {
    using Meaning = Reply::Meaning;
    Reply reply = believed_only_as_json(reply_of(answer), answer);
    if (reply.meaning == Meaning::delivered && reply.status != 204) {
        reply.meaning = Meaning::unknown;
        reply.message = fmt::format("it answered {}, and not as OpenMeter does", reply.status);
    } else if (reply.meaning == Meaning::permanent) {
        if (std::string problem = problem_of(*answer); !problem.empty())
            reply.message = std::move(problem);
        // It does not say which of them it means.
        if (items.size() > 1) {
            reply.meaning = Meaning::transient;
            reply.alone = true;
        }
    }
    return std::vector(items.size(), reply);
}

std::optional<Request> OpenMeterAdapter::question(const Charge& charge) const {
    const std::string query = form({{"id", charge.id},
                                    {"subject", named_or_itself(options_.subjects, charge.account)},
                                    {"from", format_rfc3339(charge.time)},
                                    {"to", format_rfc3339(charge.time + hour)},
                                    {"limit", std::to_string(listed_max)}});
    return Request{
        .method = "GET", .path = "/api/v1/events?" + query, .headers = headers(), .body = {}};
}

Found OpenMeterAdapter::found(const Charge& charge, const Result<net::Response>& answer) const {
    using What = Found::What;
    const Reply reply = reply_of(answer);
    if (reply.meaning != Reply::Meaning::delivered)
        return {.what = What::failed, .message = reply.message};
    const auto rows = listed(answer);
    if (!rows) return {.what = What::failed, .message = "its list of events is none"};
    const auto events = rows->items();
    for (const auto& row : events) {
        const auto event = row.find("event");
        // An id may be a part of another there.
        if (!event || event->text("id") != charge.id || event->text("source") != options_.source)
            continue;
        const std::string_view problem = row.text("validationError").value_or("");
        if (problem.empty()) return {.what = What::present};
        return {.what = What::unclear,
                .message = fmt::format("it has it and does not count it: {}", tame(problem))};
    }
    if (events.size() >= listed_max)
        return {.what = What::unclear, .message = "it has more events of that kind than it lists"};
    return {.what = What::absent};
}

std::optional<Request> OpenMeterAdapter::total_question(const Charge& charge) const {
    const std::string_view meter = name_in(options_.meters, charge.item);
    if (meter.empty()) return std::nullopt;
    const std::string query =
        form({{"from", format_rfc3339(charge.time)},
              {"to", format_rfc3339(charge.time + hour)},
              {"windowSize", "HOUR"},
              {"subject", named_or_itself(options_.subjects, charge.account)}});
    return Request{
        .method = "GET",
        .path = fmt::format("/api/v1/meters/{}/query?{}", net::percent_encode(meter), query),
        .headers = headers(),
        .body = {}};
}

Found OpenMeterAdapter::total(const Charge&, const Result<net::Response>& answer) const {
    using What = Found::What;
    const Reply reply = reply_of(answer);
    if (reply.meaning != Reply::Meaning::delivered)
        return {.what = What::failed, .message = reply.message};
    const auto json = contract::Json::parse(answer->body);
    const auto data = json ? json->find("data") : std::nullopt;
    if (!data || !data->is_array())
        return {.what = What::failed, .message = "its answer is no query's"};
    double sum = 0;
    for (const auto& row : data->items()) {
        const auto value = row.find("value");
        const auto number = value ? value->as_number() : std::nullopt;
        if (!number) return {.what = What::unclear, .message = "a window without its value"};
        sum += *number;
    }
    return exact_sum(sum);
}

}  // namespace lifeline::sinks
