#include "net/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "net/ip_range.h"

namespace lifeline::net {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

constexpr IpRange v4_range(std::uint8_t a, std::uint8_t b, std::uint8_t c, unsigned bits) {
    return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, 0}, 96 + bits};
}

// IANA's special-purpose registry for IPv4: what is not out on the internet.
constexpr IpRange v4_special[] = {
    v4_range(0, 0, 0, 8),        // This network.
    v4_range(10, 0, 0, 8),       // Private.
    v4_range(100, 64, 0, 10),    // Shared by carriers.
    v4_range(127, 0, 0, 8),      // Loopback.
    v4_range(169, 254, 0, 16),   // Link-local, clouds' metadata among it.
    v4_range(172, 16, 0, 12),    // Private.
    v4_range(192, 0, 0, 24),     // Protocol assignments.
    v4_range(192, 0, 2, 24),     // Documentation.
    v4_range(192, 88, 99, 24),   // 6to4 relays.
    v4_range(192, 168, 0, 16),   // Private.
    v4_range(198, 18, 0, 15),    // Benchmarks.
    v4_range(198, 51, 100, 24),  // Documentation.
    v4_range(203, 0, 113, 24),   // Documentation.
    v4_range(224, 0, 0, 4),      // Multicast.
    v4_range(240, 0, 0, 4),      // Reserved, broadcast.
};

// Only 2000::/3 is given out at all; within it, these lead somewhere else.
constexpr IpRange v6_global = {{0x20}, 3};
constexpr IpRange v6_special[] = {
    {{0x20, 0x01, 0x00}, 23},        // Protocol assignments: Teredo tunnels and the like.
    {{0x20, 0x01, 0x0D, 0xB8}, 32},  // Documentation.
    {{0x20, 0x02}, 16},              // 6to4: an IPv4 address in disguise.
    {{0x3F, 0xFF}, 20},              // Documentation.
};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    std::array<std::uint8_t, 4> four;
    if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
    std::array<std::uint8_t, 16> sixteen;
    if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
    return std::nullopt;
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
    IpAddress address;
    std::ranges::copy(v4_prefix, address.bytes_.begin());
    std::ranges::copy(bytes, address.bytes_.begin() + v4_prefix.size());
    return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
    IpAddress address;
    address.bytes_ = bytes;
    return address;
}

bool IpAddress::is_v4() const {
    return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin());
}

bool IpAddress::is_loopback() const {
    if (is_v4()) return bytes_[12] == 127;
    return *this == v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

bool IpAddress::is_public() const {
    const auto holds_this = [this](const IpRange& range) { return range.holds(*this); };
    if (is_v4()) return std::ranges::none_of(v4_special, holds_this);
    return holds_this(v6_global) && std::ranges::none_of(v6_special, holds_this);
}

IpAddress IpAddress::network() const {
    IpAddress out = *this;
    if (!is_v4()) std::fill(out.bytes_.begin() + 8, out.bytes_.end(), std::uint8_t{0});
    return out;
}

std::string IpAddress::text() const {
    char buffer[INET6_ADDRSTRLEN];
    if (is_v4()) return inet_ntop(AF_INET, bytes_.data() + 12, buffer, sizeof(buffer));
    return inet_ntop(AF_INET6, bytes_.data(), buffer, sizeof(buffer));
}

}  // namespace lifeline::net
