#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"
#include "safety/address.h"
#include "safety/arguments.h"
#include "safety/verdict.h"

namespace lifeline::safety {

// What a rule asks of the arguments at one path.
struct Condition {
    enum class Operator : std::uint8_t {
        equals,
        in,
        matches,
        domain_in,
        domain_not_in,
        over,
        under,
        exists,
        longer_than,
    };

    std::size_t path = 0;  // of the policy's list of paths
    Operator op = Operator::exists;
    std::vector<std::string> values;  // equals, in: canonical JSON; matches: globs
    DomainList domains;
    std::int64_t number = 0;  // over, under, longer_than
    bool wanted = true;       // exists
};

// Whether it holds, as a rule of this outcome must read it. Where several values are at the path,
// or one that cannot be judged, the reading that is less permissive counts:
//
//   allow    certain for every value, and there is one
//   deny     for any value, also where it only cannot be ruled out
//   confirm  equals, in, matches, domain_in and under as for allow; the others as for deny
//
// Where nothing is at the path only `exists = false` holds.
bool holds(const Condition& condition, Outcome then, Arguments& arguments);

}  // namespace lifeline::safety
