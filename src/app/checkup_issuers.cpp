#include <fmt/format.h>

#include <time.h>

#include <cstdlib>
#include <ctime>
#include <optional>

#include "app/checkup.h"
#include "identity/jwk_set.h"
#include "identity/keyed_issuers.h"

namespace lifeline::app {

namespace {

constexpr Millis clock_off_warn = std::chrono::seconds(5);
constexpr Millis clock_off_fail = std::chrono::seconds(60);

// Where an issuer is asked over the network; empty where it is not.
std::string url_of(const identity::IssuerConfig& issuer) {
    if (const auto* jwks = std::get_if<identity::JwksUrl>(&issuer.keys)) return jwks->url;
    if (const auto* asked = std::get_if<identity::Introspection>(&issuer.keys)) return asked->url;
    return {};
}

// "Mon, 16 Feb 2026 10:00:00 GMT"
std::optional<WallTime> parse_http_date(const std::string& text) {
    std::tm time{};
    const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return WallTime(std::chrono::seconds(::timegm(&time)));
}

}  // namespace

void Checkup::issuers() {
    for (const identity::IssuerConfig& issuer : config_.issuers) {
        const std::string name = "issuer " + issuer.issuer;
        const std::string url = url_of(issuer);
        if (url.empty()) {
            const auto usable = identity::check_key_file(issuer);
            note(name, usable ? Verdict::ok : Verdict::fail,
                 usable ? "its key can be used" : usable.error().detail,
                 usable ? "" : "mend the file that its entry in the configuration names");
            continue;
        }
        const auto reply = web_.ask({.url = url, .headers = {{"Accept", "application/json"}}});
        if (!reply) {
            note(name, Verdict::fail, reply.error().detail,
                 "let this machine reach it; until then its users are refused");
        } else if (std::holds_alternative<identity::Introspection>(issuer.keys)) {
            note(name, Verdict::ok, fmt::format("{} answers ({})", url, reply->status));
        } else if (reply->status != 200) {
            note(name, Verdict::fail, fmt::format("{} answers {}", url, reply->status),
                 "correct jwks_url");
        } else if (const auto keys = identity::parse_jwk_set(reply->body); !keys) {
            note(name, Verdict::fail, fmt::format("{}: {}", url, keys.error().detail),
                 "correct jwks_url, or ask whoever runs the issuer");
        } else {
            note(name, Verdict::ok, fmt::format("{} usable keys", keys->keys.size()));
        }
    }
}

// Tokens live by the clock. Another machine's is worth more, so an issuer is asked first.
void Checkup::clock() {
    std::vector<std::string> places;
    for (const auto& issuer : config_.issuers) places.push_back(url_of(issuer));
    if (!url_.empty()) places.push_back(url_ + "/healthz");
    for (const std::string& place : places) {
        if (place.empty()) continue;
        const auto reply = web_.ask({.url = place});
        if (!reply) continue;
        const auto* date = net::find_header(reply->headers, "Date");
        const auto there = date == nullptr ? std::nullopt : parse_http_date(*date);
        if (!there) continue;
        const Millis off = SystemClock().wall() - *there;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(off);
        const bool fine = std::chrono::abs(off) < clock_off_warn;
        return note("clock",
                    fine                                     ? Verdict::ok
                    : std::chrono::abs(off) < clock_off_fail ? Verdict::warn
                                                             : Verdict::fail,
                    fmt::format("{} s {} {}", std::abs(seconds.count()),
                                off < Millis(0) ? "behind" : "ahead of", place),
                    fine ? "" : "let a time server keep this machine's clock (timedatectl)");
    }
    note("clock", Verdict::warn, "nobody to compare it with", "name the public URL with --url");
}

}  // namespace lifeline::app
