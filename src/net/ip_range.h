#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/ip_address.h"

namespace lifeline::net {

// Addresses that begin with the same bits: "10.0.0.0/8", "fd00::/8", or one alone, "192.0.2.1".
struct IpRange {
    std::array<std::uint8_t, 16> start;
    unsigned bits;  // Of the sixteen bytes: an IPv4 /8 is 104.

    // Bits of the address beyond the prefix must be zero: "10.0.0.1/8" is a slip, and whoever made
    // it meant one of two things.
    static std::optional<IpRange> parse(std::string_view text);
    bool holds(const IpAddress& address) const;
};

}  // namespace lifeline::net
