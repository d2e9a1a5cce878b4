#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "call/judge.h"

namespace lifeline::whatif {

// What a policy said of an action.
struct Ruled {
    call::Ruling::Outcome outcome = call::Ruling::Outcome::deny;
    std::vector<std::string> rules = {};  // Which decided.
    std::string policy = {};              // "house 7:1f0c93ab41d2"
    std::string confirm_by = {};          // Whom it asks; empty where that is not known.

    friend bool operator==(const Ruled&, const Ruled&) = default;
};

std::string_view to_text(call::Ruling::Outcome outcome);  // "allow", "confirm", "deny"

// How the other policy's answer stands to the recorded one.
enum class Difference : std::uint8_t {
    none,
    stricter,
    looser,
    asks_another,  // Both ask a person, and not the same.
    unknown,
};
std::string_view to_text(Difference difference);  // "same", "stricter", ...

// One judgement of the journal beside what the other policy says to the same question.
struct Comparison {
    enum class Moment : std::uint8_t {
        judged,  // It was judged then, and that is recorded.
        begun,   // It began, by a judgement that was no news then; by the other policy it would be.
    };
    std::string session_id = {};
    std::uint64_t seq = 0;
    WallTime at;
    std::string action_id = {};
    std::string action_type = {};
    Moment moment = Moment::judged;
    std::optional<Ruled> recorded = {};  // Nothing: it was over before it was judged.
    std::optional<Ruled> would = {};     // Nothing: nobody can say.
    std::string why_unknown = {};

    Difference difference() const;
};

struct Totals {
    std::size_t same = 0;
    std::size_t stricter = 0;
    std::size_t looser = 0;
    std::size_t asks_another = 0;
    std::size_t unknown = 0;

    std::size_t differ() const { return stricter + looser + asks_another; }
    friend bool operator==(const Totals&, const Totals&) = default;
};
Totals totals_of(const std::vector<Comparison>& comparisons);

}  // namespace lifeline::whatif
