#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "contract/event.h"

namespace lifeline::sinks {

// What is published: one charge, or one later correction of one, as the account's stream has it.
// Nothing of it changes from one attempt to the next; above all not its id and its time.
struct Charge {
    std::string id;  // The idempotency key, derived from the fact.
    std::string account;
    std::string meter;
    std::string item;    // The line of the card.
    std::string kind;    // "usage", or what kind of correction.
    std::string window;  // The hour of the service: "2026-02-16T10:00Z".
    WallTime time;       // Its first moment, which is in the same billing period as all of it.
    std::int64_t quantity = 0;
    std::string amount;  // Nano-units; may be longer than 64 bits, and nobody counts with it here.
    std::string currency;
    std::string card;  // Empty where a correction names none.
    std::int64_t card_version = 0;
    std::string corrects;  // The charge that a correction is of; empty where there is none.
    WallTime recorded;     // Before this nobody can have sent it.

    friend bool operator==(const Charge&, const Charge&) = default;
};

inline constexpr std::string_view usage_kind = "usage";

// Whether this is an event that is published.
bool is_charge(const contract::Event& event);
// Of an event that is.
Result<Charge> charge_of(const contract::Event& event);

}  // namespace lifeline::sinks
