#include "identity/development.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace lifeline::identity {

namespace {

// Headers that somebody in between adds. Compared in lower case; a dash at the end means a prefix.
constexpr std::array<std::string_view, 14> forwarding = {
    "forwarded",   "x-forwarded-", "x-forwarded", "x-real-ip",      "x-client-ip",
    "x-original-", "x-cluster-",   "x-envoy-",    "true-client-ip", "fastly-client-ip",
    "via",         "cf-",          "cdn-loop",    "tailscale-",
};

constexpr std::array<std::string_view, 3> loopback_names = {"localhost", "127.0.0.1", "[::1]"};

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

bool is_forwarding(std::string_view name) {
    return std::ranges::any_of(forwarding, [&](std::string_view row) {
        return row.ends_with('-') ? name.starts_with(row) : name == row;
    });
}

// The authority under which the page must have been opened; port 80 is never written out.
bool is_own_authority(std::string_view host, std::uint16_t port) {
    return std::ranges::any_of(loopback_names, [&](std::string_view name) {
        return host == (port == 80 ? std::string(name) : fmt::format("{}:{}", name, port));
    });
}

// The one value of a header. A repeated one is no value: two readers might choose differently.
struct Single {
    int count = 0;
    std::string_view value;
    void see(std::string_view seen) {
        ++count;
        value = seen;
    }
};

}  // namespace

std::optional<std::string_view> why_not_mint(const MintRequest& request) {
    if (!request.peer_is_loopback) return "the peer is not on this machine";

    Single host;
    Single origin;
    Single fetch_site;
    for (const auto& [given_name, value] : request.headers) {
        const std::string name = lower(given_name);
        if (is_forwarding(name)) return "the request was forwarded";
        if (name == "host") host.see(value);
        if (name == "origin") origin.see(value);
        if (name == "sec-fetch-site") fetch_site.see(value);
    }
    if (host.count != 1) return "there is not exactly one Host";
    const std::string authority = lower(host.value);
    if (!is_own_authority(authority, request.listen_port)) return "the Host is not a local name";

    if (origin.count > 1 || fetch_site.count > 1) return "Origin or Sec-Fetch-Site is repeated";
    if (origin.count == 1 && origin.value != "http://" + authority)
        return "the Origin is another page's";
    if (fetch_site.count == 1) {
        if (fetch_site.value != "same-origin" && fetch_site.value != "none")
            return "the request comes from another site";
    } else if (origin.count == 0) {
        return "nothing says which page is asking";
    }
    return std::nullopt;
}

}  // namespace lifeline::identity
