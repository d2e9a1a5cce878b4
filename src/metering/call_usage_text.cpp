#include "metering/call_usage_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::metering {

namespace {

using contract::Json;
using contract::JsonWriter;

// Numbers as text: they may be larger than a number of JSON holds.
void put(JsonWriter& json, std::string_view key, std::int64_t number) {
    json.key(key).value(std::to_string(number));
}

std::int64_t number_in(const Json& json, std::string_view key) {
    const std::string_view text = json.text(key).value_or("0");
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string text_in(const Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

bool flag_in(const Json& json, std::string_view key) {
    const auto found = json.find(key);
    return found && found->as_bool().value_or(false);
}

WallTime wall_in(const Json& json, std::string_view key) {
    return WallTime(Millis(number_in(json, key)));
}

Window hour_in(const Json& json, std::string_view key) {
    return Window(std::chrono::hours(number_in(json, key)));
}

void put_digest(JsonWriter& json, std::string_view key, const Digest& digest) {
    json.key(key).value(to_hex(digest));
}

Digest digest_in(const Json& json, std::string_view key) {
    Digest digest{};
    const auto bytes = from_hex(json.text(key).value_or(""));
    if (bytes && bytes->size() == digest.size()) std::ranges::copy(*bytes, digest.begin());
    return digest;
}

void put_key(JsonWriter& json, const UsageKey& key) {
    json.key("meter").value(key.meter).key("participant").value(key.participant);
    json.key("dims").object();
    for (const auto& [name, value] : key.dims) json.key(name).value(value);
    json.end();
}

UsageKey key_in(const Json& json) {
    UsageKey key{.meter = text_in(json, "meter"), .participant = text_in(json, "participant")};
    if (const auto dims = json.find("dims"))
        for (const auto& [name, value] : dims->members())
            key.dims.emplace(name, value.as_text().value_or(""));
    return key;
}

void put_evidence(JsonWriter& json, const Evidence& evidence) {
    json.key("evidence").object();
    put(json, "first", static_cast<std::int64_t>(evidence.first));
    put(json, "last", static_cast<std::int64_t>(evidence.last));
    put(json, "count", static_cast<std::int64_t>(evidence.count));
    put_digest(json, "chain", evidence.chain);
    json.end();
}

Evidence evidence_in(const Json& json) {
    const auto found = json.find("evidence");
    if (!found) return {};
    return {.first = static_cast<std::uint64_t>(number_in(*found, "first")),
            .last = static_cast<std::uint64_t>(number_in(*found, "last")),
            .count = static_cast<std::uint64_t>(number_in(*found, "count")),
            .chain = digest_in(*found, "chain")};
}

std::vector<Json> items_in(const Json& json, std::string_view key) {
    const auto found = json.find(key);
    return found ? found->items() : std::vector<Json>();
}

}  // namespace

std::string CallUsageText::write(const CallUsage& usage) {
    JsonWriter json;
    json.object().key("session").value(usage.name_.session_id);
    json.key("account").value(usage.name_.account_id);
    json.key("connected").value(usage.connected_).key("over").value(usage.over_);
    json.key("stopped").value(usage.stopped_);
    put(json, "micros", usage.micros_);
    if (usage.running_) {
        json.key("running").object();
        put(json, "wall", usage.running_->wall.time_since_epoch().count());
        put(json, "steady", usage.running_->steady.time_since_epoch().count());
        json.end();
    }
    if (usage.opening_) {
        json.key("opening").object();
        put(json, "seq", static_cast<std::int64_t>(usage.opening_->seq));
        put_digest(json, "bytes", usage.opening_->bytes);
        json.end();
    }
    json.key("tallies").array();
    for (const auto& [key, tally] : usage.tallies_) {
        json.object();
        put_key(json, key);
        put(json, "recorded", tally.recorded_);
        if (tally.cut_) put(json, "cut", tally.cut_->time_since_epoch().count());
        put_evidence(json, tally.open_evidence_);
        if (tally.open_) {
            json.key("open").object();
            put(json, "hour", tally.open_->hour.time_since_epoch().count());
            put(json, "raw", tally.open_->sum.raw);
            put(json, "from", tally.open_->sum.from.time_since_epoch().count());
            put(json, "to", tally.open_->sum.to.time_since_epoch().count());
            json.key("estimated").value(tally.open_->sum.estimated).end();
        }
        json.end();
    }
    json.end().key("actions").array();
    for (const auto& [id, action] : usage.actions_) {
        json.object().key("id").value(id).key("type").value(action.type);
        json.key("started").value(action.started).key("unknown").value(action.unknown);
        put_evidence(json, action.evidence);
        json.end();
    }
    json.end().end();
    return json.take();
}

Result<CallUsage> CallUsageText::read(std::string_view text, std::shared_ptr<const Meters> meters) {
    const auto json = Json::parse(text);
    if (!json || !json->is_object())
        return fail(Code::corrupt, "storage_corrupt", "a call's usage cannot be read");
    CallUsage usage({text_in(*json, "session"), text_in(*json, "account")}, std::move(meters));
    usage.connected_ = flag_in(*json, "connected");
    usage.over_ = flag_in(*json, "over");
    usage.stopped_ = text_in(*json, "stopped");
    usage.micros_ = number_in(*json, "micros");
    if (const auto running = json->find("running"))
        usage.running_ =
            Moment{wall_in(*running, "wall"), SteadyTime(Micros(number_in(*running, "steady")))};
    if (const auto opening = json->find("opening"))
        usage.opening_ = Witness{static_cast<std::uint64_t>(number_in(*opening, "seq")),
                                 digest_in(*opening, "bytes")};
    for (const Json& item : items_in(*json, "tallies")) {
        Tally& tally = usage.tallies_[key_in(item)];
        tally.recorded_ = number_in(item, "recorded");
        tally.open_evidence_ = evidence_in(item);
        if (item.find("cut")) tally.cut_ = hour_in(item, "cut");
        if (const auto open = item.find("open"))
            tally.open_ = Tally::Open{hour_in(*open, "hour"),
                                      {.raw = number_in(*open, "raw"),
                                       .from = wall_in(*open, "from"),
                                       .to = wall_in(*open, "to"),
                                       .estimated = flag_in(*open, "estimated")}};
    }
    for (const Json& item : items_in(*json, "actions"))
        usage.actions_[text_in(item, "id")] = {.type = text_in(item, "type"),
                                               .started = flag_in(item, "started"),
                                               .evidence = evidence_in(item),
                                               .unknown = text_in(item, "unknown")};
    return usage;
}

std::string_view CallUsageText::report_of(const contract::Event& event) {
    namespace field = contract::field;
    switch (event.type()) {
        case contract::EventType::billing_usage_reported:
            return event.text(field::billing_usage_reported::report_id);
        case contract::EventType::billing_usage_reconciled:
            return event.text(field::billing_usage_reconciled::report_id);
        default:
            return {};
    }
}

bool CallUsageText::has_report(const CallUsage& usage, std::string_view report_id) {
    return usage.reports_.contains(report_id);
}

Status CallUsageText::give_report(CallUsage& usage, std::string report_id, std::string_view text) {
    const auto json = Json::parse(text);
    if (!json) return fail(Code::corrupt, "storage_corrupt", "a report of usage cannot be read");
    auto& shares = usage.reports_[std::move(report_id)];
    for (const Json& share : json->items())
        shares.push_back({.key = key_in(share),
                          .quantity = share.find("quantity")
                                          ? std::optional(number_in(share, "quantity"))
                                          : std::nullopt,
                          .record_id = text_in(share, "record"),
                          .hour = hour_in(share, "hour")});
    return {};
}

std::map<std::string, std::string> CallUsageText::take_reports(CallUsage& usage) {
    std::map<std::string, std::string> texts;
    for (const auto& [id, shares] : std::exchange(usage.reports_, {})) {
        JsonWriter json;
        json.array();
        for (const auto& share : shares) {
            json.object();
            put_key(json, share.key);
            if (share.quantity) put(json, "quantity", *share.quantity);
            json.key("record").value(share.record_id);
            put(json, "hour", share.hour.time_since_epoch().count());
            json.end();
        }
        json.end();
        texts.emplace(id, json.take());
    }
    return texts;
}

}  // namespace lifeline::metering
