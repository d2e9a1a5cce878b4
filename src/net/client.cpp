#include "net/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "net/url.h"

namespace lifeline::net {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

enum class Quotes { none, are_closed };

// The parts of `text` between commas, or whatever separates them; with quotes, that are not inside
// any. One that is never closed is no quote: a client could put it in front of what a proxy
// appends.
std::vector<std::string_view> split(std::string_view text, char separator, Quotes quotes) {
    std::vector<std::string_view> parts;
    bool quoted = false;
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"' && quotes == Quotes::are_closed) {
            quoted = !quoted;
        } else if (text[i] == separator && !quoted) {
            parts.push_back(trimmed(text.substr(from, i - from)));
            from = i + 1;
        }
    }
    if (quoted) return split(text, separator, Quotes::none);
    parts.push_back(trimmed(text.substr(from)));
    return parts;
}

// All values of a list header, in the order in which they were appended.
std::vector<std::string_view> list_of(const Headers& headers, std::string_view name,
                                      Quotes quotes) {
    std::vector<std::string_view> values;
    for (const Header& header : headers) {
        if (!equal_ignoring_case(header.name, name)) continue;
        for (const auto value : split(header.value, ',', quotes)) values.push_back(value);
    }
    return values;
}

std::string_view unquoted(std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711". No names, no "unknown".
std::optional<IpAddress> node_address(std::string_view node) {
    if (node.starts_with('[')) {
        const auto end = node.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view behind = node.substr(end + 1);
        if (!behind.empty() && !behind.starts_with(':')) return std::nullopt;
        return IpAddress::parse(node.substr(1, end - 1));
    }
    if (std::ranges::count(node, ':') == 1) node = node.substr(0, node.find(':'));
    return IpAddress::parse(node);
}

// One hop, as the proxy behind it saw it. What a proxy did not say is empty.
struct Hop {
    std::string_view from;
    std::string_view scheme;
    std::string_view host;
};

std::vector<Hop> hops_of_forwarded(const Headers& headers) {
    std::vector<Hop> hops;
    for (const auto element : list_of(headers, "Forwarded", Quotes::are_closed)) {
        Hop hop;
        for (const auto pair : split(element, ';', Quotes::are_closed)) {
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos) continue;
            const std::string_view name = trimmed(pair.substr(0, equals));
            const std::string_view value = unquoted(trimmed(pair.substr(equals + 1)));
            if (equal_ignoring_case(name, "for")) hop.from = value;
            if (equal_ignoring_case(name, "proto")) hop.scheme = value;
            if (equal_ignoring_case(name, "host")) hop.host = value;
        }
        hops.push_back(hop);
    }
    return hops;
}

// Proxies append to -For, and most write -Proto and -Host anew: theirs are the last.
std::vector<Hop> hops_of_x_forwarded(const Headers& headers) {
    std::vector<Hop> hops;
    for (const auto from : list_of(headers, "X-Forwarded-For", Quotes::none))
        hops.push_back({from, {}, {}});
    const auto schemes = list_of(headers, "X-Forwarded-Proto", Quotes::none);
    const auto hosts = list_of(headers, "X-Forwarded-Host", Quotes::none);
    if (hops.empty() && (!schemes.empty() || !hosts.empty())) hops.emplace_back();
    if (!schemes.empty()) hops.back().scheme = schemes.back();
    if (!hosts.empty()) hops.back().host = hosts.back();
    return hops;
}

bool is_host(std::string_view host) {
    const auto url = parse_url(fmt::format("http://{}", host));
    return url && url->target == "/" && host.find_first_of("/?#") == std::string_view::npos;
}

}  // namespace

bool Proxies::trusts(const IpAddress& address) const {
    return std::ranges::any_of(trusted, [&](const IpRange& range) { return range.holds(address); });
}

Result<std::vector<IpRange>> parse_ranges(std::span<const std::string> entries) {
    std::vector<IpRange> ranges;
    for (const std::string& entry : entries) {
        const auto range = IpRange::parse(entry);
        if (!range)
            return fail(Code::malformed, "config_invalid",
                        fmt::format("\"{}\" is no address and no range of them", entry));
        ranges.push_back(*range);
    }
    return ranges;
}

Client client_of(const Request& request, const IpAddress& peer, bool secure,
                 const Proxies& proxies) {
    Client client{.address = peer, .proxied = false, .secure = secure, .host = {}};
    if (const auto* host = request.header("Host")) client.host = *host;
    if (!proxies.trusts(peer)) return client;
    const auto hops = proxies.headers == Proxies::Headers::forwarded
                          ? hops_of_forwarded(request.headers)
                          : hops_of_x_forwarded(request.headers);
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        // It was written by a trusted proxy; the further from us, the nearer to the client.
        if (equal_ignoring_case(hop->scheme, "https")) client.secure = true;
        if (equal_ignoring_case(hop->scheme, "http")) client.secure = false;
        if (is_host(hop->host)) client.host = hop->host;
        const auto address = node_address(hop->from);
        if (!address) break;  // Whoever is behind it cannot be told from others.
        client.address = *address;
        client.proxied = true;
        if (!proxies.trusts(*address)) break;
    }
    return client;
}

}  // namespace lifeline::net
