#include "sinks/webhook.h"

#include <fmt/format.h>

#include <utility>

#include "contract/json_writer.h"
#include "sinks/charge_json.h"
#include "sinks/reply.h"

namespace lifeline::sinks {

namespace {

// The specification's advice. What we send is a tenth of it; a name is not a place for a novel.
constexpr std::size_t body_bytes_max = 20'000;

std::string body_of(const Charge& charge) {
    contract::JsonWriter json;
    json.object();
    json.key("type").value(event_name(charge));
    json.key("timestamp").value(format_rfc3339(charge.time));
    json.key("data");
    write_charge(json, charge);
    json.end();
    return json.take();
}

}  // namespace

WebhookAdapter::WebhookAdapter(WebhookOptions options)
    : options_(std::move(options)),
      capability_{.dedupe_window = options_.dedupe_window,
                  .duplicate_signal = DuplicateSignal::silent} {}

std::optional<std::string> WebhookAdapter::refuses(const Charge& charge) const {
    // The signature is over "id.timestamp.body": a dot could move what belongs to which.
    if (charge.id.find('.') != std::string::npos)
        return "a webhook's id has no dot, and this one has";
    if (body_of(charge).size() > body_bytes_max)
        return fmt::format("its message has more than {} bytes", body_bytes_max);
    return std::nullopt;
}

Request WebhookAdapter::request(std::span<const Item> items, WallTime now) const {
    const Charge& charge = *items.front().charge;
    Request request{.method = "POST",
                    .path = options_.path,
                    .headers = options_.headers,
                    .body = body_of(charge)};
    const std::string timestamp = webhook_timestamp(now);
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"webhook-id", charge.id});
    request.headers.push_back({"webhook-timestamp", timestamp});
    if (options_.signer.signs())
        request.headers.push_back(
            {"webhook-signature", options_.signer.sign(charge.id, timestamp, request.body)});
    return request;
}

std::vector<Reply> WebhookAdapter::replies(std::span<const Item> items,
                                           const Result<net::Response>& answer) const {
    Reply reply = reply_of(answer);
    if (reply.status == 410) {
        reply.meaning = Reply::Meaning::disabled;
        reply.of = Reply::Of::sink;
        reply.message = "it answered 410: it wants no more of our webhooks";
    }
    // Both are a loaded receiver's, or what stands before it: it is asked less.
    if ((reply.status == 502 || reply.status == 504) && !reply.retry_after)
        reply.retry_after = std::chrono::seconds(60);
    return std::vector(items.size(), reply);
}

}  // namespace lifeline::sinks
