#include "api/page_policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeline::api {

namespace {

// What may stand in a policy without ending the directive, or the header.
bool is_plain(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == ':';
    });
}

std::string_view host_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return "";
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find('/'));
}

}  // namespace

std::string page_policy(std::string_view host, std::string_view public_url) {
    // Not every browser takes 'self' for the sockets of this host as well.
    std::string sockets;
    if (is_plain(host)) sockets += fmt::format(" ws://{0} wss://{0}", host);
    const std::string_view named = host_of(public_url);
    if (named != host && is_plain(named)) sockets += fmt::format(" ws://{0} wss://{0}", named);
    return fmt::format(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'{}; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'",
        sockets);
}

}  // namespace lifeline::api
