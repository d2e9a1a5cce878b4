#include "metering/meters.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "metering/quantity.h"

namespace lifeline::metering {

namespace {

constexpr std::int64_t increment_max = 1'000'000'000'000;

std::optional<Rounding::Mode> mode_of(std::string_view text) {
    for (const auto mode : {Rounding::Mode::up, Rounding::Mode::nearest, Rounding::Mode::down})
        if (text == to_text(mode)) return mode;
    return std::nullopt;
}

Result<Meter> parse_one(const contract::Json& json) {
    const auto refuse = [&](std::string_view what) {
        return fail(Code::malformed, "config_invalid",
                    fmt::format("meter {}: {}", json.text("meter").value_or("?"), what));
    };
    Meter meter{.name = std::string(json.text("meter").value_or("")),
                .version = 0,
                .unit = std::string(json.text("unit").value_or(""))};
    if (const auto version = json.find("version"))
        meter.version = version->as_integer().value_or(0);
    const auto increment = parse_quantity(json.text("increment").value_or("1"));
    const auto minimum = parse_quantity(json.text("minimum").value_or("0"));
    const auto mode = mode_of(json.text("mode").value_or("up"));
    if (meter.name.empty() || meter.unit.empty()) return refuse("it has no name or no unit");
    if (meter.version < 1) return refuse("its version is a number from 1 on");
    if (!increment || *increment < 1 || *increment > increment_max)
        return refuse("its increment is a number from 1 on");
    if (!minimum || *minimum < 0 || *minimum > increment_max)
        return refuse("its minimum is a number from 0 on");
    if (!mode) return refuse("its mode is up, nearest or down");
    meter.rounding = {.increment = *increment, .minimum = *minimum, .mode = *mode};
    return meter;
}

}  // namespace

Meters Meters::builtin() {
    std::vector<Meter> meters;
    for (const auto& [name, unit] :
         {std::pair(meter_names::actions, "action"), std::pair(meter_names::tokens, "token"),
          std::pair(meter_names::duration, "ms"), std::pair(std::string_view("stt.ms"), "ms"),
          std::pair(meter_names::transcript, "char"),
          std::pair(std::string_view("tts.chars"), "char")})
        meters.push_back({.name = std::string(name), .unit = unit});
    return Meters(std::move(meters));
}

Meters::Meters(std::vector<Meter> meters) : meters_(std::move(meters)) {
    std::ranges::sort(meters_, {}, &Meter::name);
    sha256_ = to_hex(lifeline::sha256(json()));
}

Result<Meters> Meters::parse(const contract::Json& meters) {
    std::vector<Meter> parsed;
    for (const auto& item : meters.items()) {
        auto meter = parse_one(item);
        if (!meter) return fail(meter.error());
        parsed.push_back(*std::move(meter));
    }
    std::ranges::sort(parsed, {}, &Meter::name);
    const auto twice = std::ranges::adjacent_find(parsed, {}, &Meter::name);
    if (twice != parsed.end())
        return fail(Code::malformed, "config_invalid",
                    fmt::format("meter {} is declared twice", twice->name));
    return Meters(std::move(parsed));
}

Meters Meters::with(const Meters& others) const {
    std::vector<Meter> all = others.meters_;
    for (const Meter& meter : meters_)
        if (others.find(meter.name) == nullptr) all.push_back(meter);
    return Meters(std::move(all));
}

const Meter* Meters::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(meters_, name, {}, &Meter::name);
    return found != meters_.end() && found->name == name ? &*found : nullptr;
}

std::string Meters::json() const {
    contract::JsonWriter json;
    json.array();
    for (const Meter& meter : meters_) {
        json.object().key("increment").value(std::to_string(meter.rounding.increment));
        json.key("meter").value(meter.name);
        json.key("minimum").value(std::to_string(meter.rounding.minimum));
        json.key("mode").value(to_text(meter.rounding.mode));
        json.key("unit").value(meter.unit).key("version").value(meter.version).end();
    }
    json.end();
    return json.take();
}

}  // namespace lifeline::metering
