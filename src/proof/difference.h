#pragma once

#include <optional>
#include <string>

#include "contract/json.h"

namespace lifeline::proof {

// Where two values first differ, in the order of the one that is expected.
struct Difference {
    std::string pointer;   // Of RFC 6901.
    std::string said;      // Canonical JSON; "nothing" where there is none.
    std::string expected;  // The same.
};
std::optional<Difference> first_difference(const contract::Json& said,
                                           const contract::Json& expected);

}  // namespace lifeline::proof
