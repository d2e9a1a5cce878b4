#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/http_message.h"
#include "net/ip_address.h"
#include "net/ip_range.h"

namespace lifeline::net {

// The proxies in front of this server, and how they say whom they speak for.
struct Proxies {
    // Which headers they write. Only these are read: a proxy passes on what it does not know, so
    // the others may have been written by anybody.
    enum class Headers : std::uint8_t {
        x_forwarded,  // X-Forwarded-For, -Proto, -Host.
        forwarded,    // Forwarded, of RFC 7239.
    };

    std::vector<IpRange> trusted;
    Headers headers = Headers::x_forwarded;

    bool trusts(const IpAddress& address) const;
};

// "127.0.0.1", "10.0.0.0/8"; says which entry is none.
Result<std::vector<IpRange>> parse_ranges(std::span<const std::string> entries);

// Who asks, and what they call this server, as far as the proxies in between can be believed.
struct Client {
    IpAddress address;     // The nearest one that is no trusted proxy.
    bool proxied = false;  // Another than the peer, by the word of a trusted proxy.
    bool secure = false;   // They came over https.
    std::string host;      // Empty when the request names none.
};

// `secure`: whether the peer's own connection is. What a peer that is not trusted says of others is
// not looked at; of what a trusted one says, the part that a trusted proxy wrote: each appends at
// the end, so it is read from there.
Client client_of(const Request& request, const IpAddress& peer, bool secure,
                 const Proxies& proxies);

}  // namespace lifeline::net
