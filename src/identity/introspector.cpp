#include "identity/introspector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "contract/json.h"
#include "contract/reason.h"
#include "identity/deadline.h"
#include "identity/jws.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;

// RFC 6750: what may stand behind "Bearer". Anything else could end the header line.
bool is_bearer(std::string_view token) {
    return !token.empty() && token.size() <= token_bytes_max &&
           std::ranges::all_of(token, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      std::string_view("-._~+/=").find(c) != std::string_view::npos;
           });
}

std::unexpected<Error> unavailable(std::string detail) {
    return contract::refuse(contract::reason::issuer_unavailable, std::move(detail));
}

// Providers write the id of a user as a text or as a number.
std::string subject_of(const contract::Json& answer, std::string_view name) {
    const auto value = claim(answer, name);
    if (!value) return {};
    if (const auto text = value->as_text()) return std::string(*text);
    if (const auto number = value->as_integer()) return fmt::format("{}", *number);
    return {};
}

}  // namespace

Introspector::Introspector(IssuerConfig issuer, ExternalIds ids, Fetcher& fetcher, Loop& home)
    : issuer_(std::move(issuer)),
      source_(std::get<Introspection>(issuer_.keys)),
      ids_(ids),
      fetcher_(fetcher),
      home_(home) {}

void Introspector::ask(std::string token, OnVerdict done) {
    if (!is_bearer(token)) {
        done({.who = token_invalid("characters that no token has")});
        return;
    }
    auto late = contract::error_for(contract::reason::issuer_unavailable, "no answer in time");
    fetcher_.get({.url = source_.url,
                  .bearer = std::move(token),
                  .timeout = source_.timeout,
                  .body_bytes_max = answer_bytes_max},
                 home_,
                 with_deadline<Fetcher::Reply>(
                     home_, source_.timeout, std::move(late),
                     [this, done = std::move(done)](Result<Fetcher::Reply> reply) mutable {
                         done(judge(reply));
                     }));
}

Verdict Introspector::judge(const Result<Fetcher::Reply>& reply) const {
    if (!reply) return {.who = unavailable("introspection: " + reply.error().detail)};
    if (reply->status == 401 || reply->status == 403)
        return {.who = token_invalid("the issuer does not know the token"),
                .keep = source_.refused_ttl};
    if (reply->status != 200)
        return {.who = unavailable(fmt::format("introspection: status {}", reply->status))};
    auto who = read(reply->body);
    if (who) return {.who = std::move(who), .keep = source_.cache_ttl};
    const bool refused = who.error().code == Code::unauthenticated;
    return {.who = std::move(who), .keep = refused ? source_.refused_ttl : Millis(0)};
}

Result<ExternalIdentity> Introspector::read(std::string_view body) const {
    const auto answer = contract::Json::parse(body);
    if (!answer || !answer->is_object())
        return unavailable("introspection: the answer is no JSON object");
    // Where it is said at all, anything but a plain yes is a no.
    if (const auto active = answer->find("active"); active && active->as_bool() != true)
        return token_invalid("the issuer does not say that the token is active");

    const std::string subject = subject_of(*answer, source_.subject);
    if (!is_subject(subject))
        return unavailable("introspection: the answer has no subject where it is configured");
    auto who = identity_of(*answer, subject, source_.name, issuer_, ids_);
    if (!who) return who;

    const WallTime now = home_.clock().wall();
    who->expires_at = now + source_.lifetime;
    if (source_.expiry.empty()) return who;
    const auto expiry = claim(*answer, source_.expiry);
    const auto expires_at = expiry ? claimed_time(*expiry) : std::nullopt;
    if (!expires_at)
        return unavailable("introspection: the answer has no expiry where it is configured");
    if (now >= *expires_at)
        return contract::refuse(contract::reason::token_expired, "the issuer's expiry has passed");
    who->expires_at = std::min(*expires_at, now + issuer_.lifetime_max);
    return who;
}

}  // namespace lifeline::identity
