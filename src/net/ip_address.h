#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::net {

// An IPv4 or IPv6 address without a port. An IPv4 address in IPv6 clothes (::ffff:10.0.0.1) is the
// IPv4 address, so no rule can be walked around by writing it differently.
class IpAddress {
public:
    // Only the canonical spellings of inet_pton: no octal, no "127.1", no zone.
    static std::optional<IpAddress> parse(std::string_view text);
    static IpAddress v4(std::array<std::uint8_t, 4> bytes);
    static IpAddress v6(std::array<std::uint8_t, 16> bytes);

    bool is_v4() const;
    bool is_loopback() const;
    // Somewhere on the open internet: not loopback, private, shared, link-local (where clouds keep
    // their metadata), multicast, documentation or otherwise reserved, nor a tunnel into those.
    bool is_public() const;

    // What one peer is counted as: an IPv4 address, or the 64 bits of an IPv6 network, of which
    // anybody can make as many addresses as they please.
    IpAddress network() const;

    // IPv4 as ::ffff:a.b.c.d.
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    std::string text() const;

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

// Who is on the other side of a connection, as the kernel sees it.
struct Peer {
    IpAddress address;
    std::uint16_t port = 0;
};

}  // namespace lifeline::net
