#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// URLs, strictly: what is not plainly right is refused rather than repaired, since every repair is
// one that the next program along the way does differently.
namespace lifeline::net {

// The path and query of a request or a URL. Percent-encoding is undone once, segment by segment, so
// an encoded slash stays inside its segment. Dot segments, control characters and anything that is
// not UTF-8 after decoding are refused.
struct Target {
    std::string path;                   // As sent: "/v1/call%20s".
    std::vector<std::string> segments;  // Decoded: {"v1", "call s"}; a slash at the end adds "".
    std::vector<std::pair<std::string, std::string>> query;  // Decoded, in order.

    // The first parameter of that name; null when there is none.
    const std::string* find(std::string_view name) const;
    bool has_query() const { return !query.empty(); }
};

// Origin form only: "/path?query", as in a request line.
Result<Target> parse_target(std::string_view text);

// An absolute http, https, ws or wss URL. No user information, no fragment; the host in lower case;
// an address in brackets or dotted decimal only.
struct Url {
    std::string scheme;
    std::string host;        // Without brackets.
    std::uint16_t port = 0;  // Filled in when the URL leaves it out.
    std::string target;      // "/path?query", as written; "/" when there is none.
    bool host_is_address = false;

    bool is_secure() const { return scheme == "https" || scheme == "wss"; }
    bool has_default_port() const;
    // "host" or "host:port", as the Host header and a browser's Origin spell it.
    std::string authority() const;
    std::string origin() const { return scheme + "://" + authority(); }
};

Result<Url> parse_url(std::string_view text);

// Every byte that is not unreserved (RFC 3986) as %XX: for one segment or one query value.
std::string percent_encode(std::string_view text);

}  // namespace lifeline::net
