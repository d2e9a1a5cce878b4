#include "net/origin.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <optional>
#include <utility>

#include "net/url.h"

namespace lifeline::net {

namespace {

std::unexpected<Error> refuse(std::string_view entry, std::string_view why) {
    return fail(Code::malformed, "config_invalid",
                "allowed origin \"" + std::string(entry) + "\": " + std::string(why));
}

bool is_label_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// Labels with dots between them, nothing empty.
bool is_labels(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.back() == '.') return false;
    if (text.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(text, [](char c) { return c == '.' || is_label_character(c); });
}

// An application's own scheme, as WebViews have it: no port, no default to leave out.
bool is_own_scheme(std::string_view scheme) {
    return !scheme.empty() && scheme != "file" &&
           std::ranges::all_of(scheme, [](char c) { return is_label_character(c) || c == '+'; });
}

// As a browser writes it: lower case, no default port, no path. Nothing if it is not an origin.
std::optional<std::string> canonical_origin(std::string_view text) {
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view scheme = text.substr(0, colon);
    if (scheme == "http" || scheme == "https") {
        const auto url = parse_url(text);
        if (!url || text.find_first_of("/?", colon + 3) != std::string_view::npos) {
            return std::nullopt;
        }
        return url->origin();
    }
    if (scheme == "ws" || scheme == "wss") return std::nullopt;
    if (!is_own_scheme(scheme) || !is_labels(text.substr(colon + 3))) return std::nullopt;
    return std::string(text);
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535;
}

}  // namespace

Result<OriginList::Entry> OriginList::parse_entry(std::string_view text) {
    if (text.ends_with(":*")) {
        const std::string_view base = text.substr(0, text.size() - 2);
        for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]"}) {
            for (const std::string_view scheme : {"http://", "https://"}) {
                if (base == std::string(scheme) + std::string(host)) {
                    return Entry{Entry::Kind::any_port, std::string(base), {}};
                }
            }
        }
        return refuse(text, "any port is for localhost only");
    }
    const std::size_t star = text.find('*');
    if (star == std::string_view::npos) {
        auto origin = canonical_origin(text);
        if (!origin) return refuse(text, "not an origin: scheme://host or scheme://host:port");
        return Entry{Entry::Kind::exact, std::move(*origin), {}};
    }
    // Checked, and brought into its one form, with a name in the star's place.
    const std::string_view prefix = text.substr(0, star);
    const std::string_view below = text.substr(star + 1);
    if ((prefix != "http://" && prefix != "https://") || !below.starts_with('.')) {
        return refuse(text, "a star stands for whole labels at the front: https://*.example.app");
    }
    const auto example = canonical_origin(std::string(prefix) + "x" + std::string(below));
    if (!example) return refuse(text, "not an origin: https://*.example.app");
    std::string suffix = example->substr(prefix.size() + 1);
    const std::string_view name = std::string_view(suffix).substr(1, suffix.find(':') - 1);
    if (name.find('.') == std::string_view::npos) {
        return refuse(text, "too wide: name at least a domain and its ending after the star");
    }
    return Entry{Entry::Kind::below, std::string(prefix), std::move(suffix)};
}

struct OriginList::Shared {
    std::mutex mutex;
    Entries entries;  // Protected by mutex; what it points to never changes.
};

OriginList::OriginList(std::vector<Entry> entries) : shared_(std::make_shared<Shared>()) {
    shared_->entries = std::make_shared<const std::vector<Entry>>(std::move(entries));
}

Result<OriginList> OriginList::parse(std::span<const std::string> entries) {
    std::vector<Entry> list;
    for (const std::string& text : entries) {
        auto entry = parse_entry(text);
        if (!entry) return fail(entry.error());
        list.push_back(std::move(*entry));
    }
    return OriginList(std::move(list));
}

OriginList::Entries OriginList::entries() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->entries;
}

void OriginList::replace_by(const OriginList& other) {
    Entries theirs = other.entries();
    const std::lock_guard lock(shared_->mutex);
    shared_->entries.swap(theirs);
}

bool OriginList::allows(std::string_view origin) const {
    const Entries list = entries();
    return std::ranges::any_of(*list, [origin](const Entry& entry) {
        switch (entry.kind) {
            case Entry::Kind::exact:
                return origin == entry.prefix;
            case Entry::Kind::any_port:
                return origin.starts_with(entry.prefix) &&
                       (origin.size() == entry.prefix.size() ||
                        (origin[entry.prefix.size()] == ':' &&
                         is_port(origin.substr(entry.prefix.size() + 1))));
            case Entry::Kind::below:
                return origin.size() > entry.prefix.size() + entry.suffix.size() &&
                       origin.starts_with(entry.prefix) && origin.ends_with(entry.suffix) &&
                       canonical_origin(origin) == origin;
        }
        return false;
    });
}

}  // namespace lifeline::net
