#include "base/id.h"

namespace lifeline {

namespace {
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

std::string new_ulid(WallTime now, Random& random) {
    std::string out(26, '0');
    auto millis = static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (int i = 9; i >= 0; --i) {
        out[static_cast<std::size_t>(i)] = crockford[millis & 31];
        millis >>= 5;
    }
    // 16 characters of 5 bits are 80 bits of chance.
    const auto chance = random.bytes<16>();
    for (std::size_t i = 0; i < 16; ++i) out[10 + i] = crockford[chance[i] & 31];
    return out;
}

std::string new_id(std::string_view prefix, WallTime now, Random& random) {
    return std::string(prefix) + new_ulid(now, random);
}

}  // namespace lifeline
