#pragma once

#include <string>
#include <vector>

#include "metering/call_usage.h"

namespace lifeline::metering {

// What a call used so far of one meter, for showing (schema billing.usage.tick).
struct UsageTick {
    std::string meter;
    std::string payload;

    friend bool operator==(const UsageTick&, const UsageTick&) = default;
};

// One for each meter, in the order of their names: all of its kinds are in it, since a later tick
// of a meter supersedes an earlier one.
std::vector<UsageTick> ticks_of(const CallUsage& usage, const Moment& now);

}  // namespace lifeline::metering
