#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace lifeline {

// "sess_01JABC...": a prefix and a ULID (48 bits of wall time, 80 of chance, Crockford's base 32),
// so that ids made later sort later.
std::string new_id(std::string_view prefix, WallTime now, Random& random);

// The ULID alone, 26 characters.
std::string new_ulid(WallTime now, Random& random);

}  // namespace lifeline
