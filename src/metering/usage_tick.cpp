#include "metering/usage_tick.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/bounded_sum.h"
#include "contract/json_writer.h"

namespace lifeline::metering {

namespace {

using Part = CallUsage::SoFar;

// Reports name kinds, and may name many, at length: what is sent again and again stays small.
constexpr std::size_t parts_max = 32;
constexpr std::size_t parts_bytes_max = 8'000;

std::string part_json(const Part& part) {
    contract::JsonWriter json;
    json.object();
    if (!part.key.participant.empty()) json.key("participant").value(part.key.participant);
    if (!part.key.dims.empty()) {
        json.key("dims").object();
        for (const auto& [name, value] : part.key.dims) json.key(name).value(value);
        json.end();
    }
    json.key("quantity").value(std::to_string(part.quantity)).end();
    return json.take();
}

std::string payload_of(const Meter& meter, std::vector<Part> parts) {
    std::int64_t whole = 0;
    for (const Part& part : parts) whole = bounded_sum(whole, part.quantity);
    contract::JsonWriter json;
    json.object().key("meterId").value(meter.name);
    json.key("quantity").value(std::to_string(whole)).key("unit").value(meter.unit);
    if (parts.size() > 1 || parts[0].key != UsageKey{.meter = meter.name}) {
        std::ranges::sort(parts, [](const Part& a, const Part& b) {
            return std::tie(b.quantity, a.key) < std::tie(a.quantity, b.key);
        });
        if (parts.size() > parts_max) parts.resize(parts_max);
        std::vector<std::string> texts;
        std::size_t bytes = 0;
        for (const Part& part : parts) {
            std::string text = part_json(part);
            bytes += text.size();
            if (bytes > parts_bytes_max) break;
            texts.push_back(std::move(text));
        }
        if (!texts.empty()) {
            json.key("parts").array();
            for (const std::string& text : texts) json.raw(text);
            json.end();
        }
    }
    json.end();
    return json.take();
}

}  // namespace

std::vector<UsageTick> ticks_of(const CallUsage& usage, const Moment& now) {
    std::map<std::string, std::vector<Part>> by_meter;
    for (Part& part : usage.so_far(now)) by_meter[part.key.meter].push_back(std::move(part));
    std::vector<UsageTick> ticks;
    for (auto& [name, parts] : by_meter) {
        const Meter* const meter = usage.meters().find(name);
        if (meter != nullptr) ticks.push_back({name, payload_of(*meter, std::move(parts))});
    }
    return ticks;
}

}  // namespace lifeline::metering
