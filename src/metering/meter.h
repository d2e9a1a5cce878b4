#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::metering {

// How a quantity becomes what is charged. Monotone, so that what is charged of a call never falls
// while it goes on.
struct Rounding {
    enum class Mode : std::uint8_t { up, nearest, down };

    std::int64_t increment = 1;  // At least 1: what is charged is a multiple of it.
    std::int64_t minimum = 0;    // Once there is any, at least this.
    Mode mode = Mode::up;

    friend bool operator==(const Rounding&, const Rounding&) = default;
};

// Of the whole quantity, never of a part: parts are differences of it, so that their sum is the
// rounded total. Half an increment goes up, with `nearest`.
std::int64_t rounded(std::int64_t quantity, const Rounding& rounding);

std::string_view to_text(Rounding::Mode mode);

// What is counted, in which unit, and what of it is charged. Immutable; a change is a new version.
struct Meter {
    std::string name;
    std::int64_t version = 1;
    std::string unit;
    Rounding rounding = {};

    friend bool operator==(const Meter&, const Meter&) = default;
};

// Those that read the call's own events; every other meter counts reports of its name.
namespace meter_names {
inline constexpr std::string_view duration = "call.duration_ms";
inline constexpr std::string_view actions = "action.count";
inline constexpr std::string_view tokens = "agent.tokens";
inline constexpr std::string_view transcript = "transcript.chars";
}  // namespace meter_names

// Whether nobody can report it: it is measured here.
bool measured_here(std::string_view meter);

}  // namespace lifeline::metering
