#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace lifeline::call {

// What takes a moment to find out: how many of a type were accepted on this day (UTC), the one that
// is judged included, and what an external policy engine says.
struct DayCounts {
    std::int64_t owner = 0;    // In calls of this call's owner.
    std::int64_t account = 0;  // In all calls of the account.
    friend bool operator==(const DayCounts&, const DayCounts&) = default;
};

struct EngineWord {
    enum class Outcome : std::uint8_t { allow, deny, confirm, unavailable };
    Outcome outcome = Outcome::unavailable;
    std::string rule = {};     // Which of its rules, where it names one.
    std::string message = {};  // For the person.
    friend bool operator==(const EngineWord&, const EngineWord&) = default;
};

struct Facts {
    std::optional<DayCounts> counts = {};
    std::optional<EngineWord> engine = {};
};

// Which of them a judgement of this type rests on, and how long it may wait for them.
struct Needs {
    bool counts = false;
    bool engine = false;
    Millis within{0};

    bool met_by(const Facts& facts) const {
        return (!counts || facts.counts) && (!engine || facts.engine);
    }
};

// What somebody said when they were asked yes or no.
enum class Spoken : std::uint8_t { yes, no, neither };

}  // namespace lifeline::call
