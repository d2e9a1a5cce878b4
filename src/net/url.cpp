#include "net/url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "net/ip_address.h"
#include "net/utf8.h"

namespace lifeline::net {

namespace {

constexpr std::size_t host_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;

std::unexpected<Error> refuse(std::string detail) {
    return fail(Code::malformed, "bad_format", std::move(detail));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower_alnum(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Visible ASCII, as browsers put it on the wire; the rest must be percent-encoded.
bool is_target_character(char c) {
    return c > 0x20 && c < 0x7F && c != '#' && c != '"';
}

enum class Plus : std::uint8_t { stays, is_space };

std::optional<std::string> decode(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
        } else if (c == '+' && plus == Plus::is_space) {
            c = ' ';
        }
        out.push_back(c);
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

// Calls `take` for each piece between separators; an empty text is one empty piece.
template <class Take>
bool split(std::string_view text, char separator, Take take) {
    for (;;) {
        const std::size_t end = text.find(separator);
        if (!take(text.substr(0, end), end == std::string_view::npos)) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

bool read_path(std::string_view path, std::vector<std::string>& segments) {
    if (path.find('\\') != std::string_view::npos) return false;  // Some read it as a slash.
    return split(path.substr(1), '/', [&](std::string_view raw, bool last) {
        auto segment = decode(raw, Plus::stays);
        if (!segment || *segment == "." || *segment == "..") return false;
        if (segment->empty() && !last) return false;
        if (segment->empty() && path.size() == 1) return true;  // "/" has no segments.
        segments.push_back(std::move(*segment));
        return true;
    });
}

bool read_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& query) {
    return split(text, '&', [&](std::string_view pair, bool) {
        if (pair.empty()) return true;
        const std::size_t equals = pair.find('=');
        auto name = decode(pair.substr(0, equals), Plus::is_space);
        auto value =
            decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1),
                   Plus::is_space);
        if (!name || !value) return false;
        query.emplace_back(std::move(*name), std::move(*value));
        return true;
    });
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > host_bytes_max) return false;
    return split(host, '.', [](std::string_view label, bool) {
        return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' &&
               label.back() != '-' && std::ranges::all_of(label, [](char c) {
                   return is_lower_alnum(c) || c == '-' || c == '_';
               });
    });
}

// inet_aton and many HTTP clients read "0x7f.1" and "2130706433" as 127.0.0.1.
bool looks_like_number(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

struct Scheme {
    std::string_view name;
    std::uint16_t port;
};
constexpr Scheme schemes[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}};

const Scheme* find_scheme(std::string_view name) {
    const auto found = std::ranges::find(schemes, name, &Scheme::name);
    return found == std::end(schemes) ? nullptr : found;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}

Status read_host(std::string_view text, Url& url) {
    if (text.starts_with('[')) {
        if (!text.ends_with(']')) return refuse("the address in brackets does not end");
        const auto address = IpAddress::parse(text.substr(1, text.size() - 2));
        // In brackets stands an IPv6 address; one that means an IPv4 address is spelt as that.
        if (!address || text.find(':') == std::string_view::npos) {
            return refuse("in brackets stands no IPv6 address");
        }
        url.host = address->text();
        url.host_is_address = true;
        return {};
    }
    url.host = lower(text);
    if (!is_host_name(url.host)) return refuse("the host is not a name");
    if (looks_like_number(url.host)) {
        if (!IpAddress::parse(url.host)) return refuse("the host is a number, but no IPv4 address");
        url.host_is_address = true;
    }
    return {};
}

Status read_port(std::string_view text, Url& url) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535 ||
        text.front() == '0') {
        return refuse("the port is not a number from 1 to 65535");
    }
    url.port = static_cast<std::uint16_t>(port);
    return {};
}

Status read_authority(std::string_view text, Url& url) {
    if (text.find('@') != std::string_view::npos) return refuse("user information is not allowed");
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (auto status = read_host(text.substr(0, has_port ? colon : text.size()), url); !status) {
        return status;
    }
    return has_port ? read_port(text.substr(colon + 1), url) : Status{};
}

}  // namespace

const std::string* Target::find(std::string_view name) const {
    const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
    return found == query.end() ? nullptr : &found->second;
}

Result<Target> parse_target(std::string_view text) {
    if (!text.starts_with('/')) return refuse("a target begins with /");
    if (!std::ranges::all_of(text, is_target_character)) {
        return refuse("the target has a character that must be percent-encoded");
    }
    const std::size_t mark = text.find('?');
    Target target;
    target.path = text.substr(0, mark);
    if (!read_path(target.path, target.segments)) return refuse("the path is not in plain form");
    if (mark != std::string_view::npos && !read_query(text.substr(mark + 1), target.query)) {
        return refuse("the query is not percent-encoded UTF-8");
    }
    return target;
}

bool Url::has_default_port() const {
    const Scheme* known = find_scheme(scheme);
    return known != nullptr && known->port == port;
}

std::string Url::authority() const {
    std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (!has_default_port()) out += ":" + std::to_string(port);
    return out;
}

Result<Url> parse_url(std::string_view text) {
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return refuse("a URL begins with scheme://");
    Url url;
    url.scheme = lower(text.substr(0, colon));
    const Scheme* scheme = find_scheme(url.scheme);
    if (scheme == nullptr) return refuse("the scheme is none of http, https, ws, wss");
    url.port = scheme->port;

    text.remove_prefix(colon + 3);
    if (text.find('#') != std::string_view::npos) return refuse("a fragment is not allowed");
    const std::size_t end = std::min(text.find_first_of("/?\\"), text.size());
    if (auto status = read_authority(text.substr(0, end), url); !status) {
        return fail(status.error());
    }
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    if (auto target = parse_target(url.target); !target) return fail(target.error());
    return url;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_lower_alnum(to_lower(c)) || c == '-' || c == '.' || c == '_' || c == '~') {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

}  // namespace lifeline::net
