#include "identity/issuer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "contract/form.h"
#include "contract/reason.h"
#include "identity/claims.h"
#include "identity/token_key.h"
#include "net/url.h"

namespace lifeline::identity {

namespace {

constexpr Millis lifetime_limit{400LL * 24 * 60 * 60 * 1000};

// Collects the first thing that is wrong, so that a check reads as a list of sentences.
class Findings {
public:
    explicit Findings(const IssuerConfig& issuer) : issuer_(issuer.issuer) {}

    void require(bool holds, std::string_view setting, std::string_view rule) {
        if (holds || !status_) return;
        status_ = contract::refuse(contract::reason::config_invalid,
                                   fmt::format("issuer \"{}\": {} {}", issuer_, setting, rule));
    }
    Status status() const { return status_; }

private:
    std::string issuer_;
    Status status_;
};

// Keys and tokens travel there, so nobody on the way may read or change them.
bool is_safe_url(std::string_view text) {
    const auto url = net::parse_url(text);
    if (!url) return false;
    if (url->scheme == "https") return true;
    return url->scheme == "http" &&
           (url->host == "localhost" || url->host == "127.0.0.1" || url->host == "::1");
}

bool within(Millis value, Millis low, Millis high) {
    return value >= low && value <= high;
}

void check_url(Findings& findings, std::string_view setting, std::string_view url, Millis timeout) {
    findings.require(is_safe_url(url), setting, "must be https (http only for this machine)");
    findings.require(within(timeout, Millis(100), Millis(30'000)), "timeout",
                     "must be 100 ms to 30 s");
}

void check(Findings& findings, const JwksFile& source) {
    findings.require(!source.path.empty(), "jwks_file", "is empty");
}

void check(Findings& findings, const JwksUrl& source) {
    check_url(findings, "jwks_url", source.url, source.timeout);
    findings.require(within(source.refresh_after, Millis(30'000), Millis(24LL * 60 * 60 * 1000)),
                     "refresh_after", "must be 30 s to 24 h");
    findings.require(within(source.stale_max, source.refresh_after, Millis(48LL * 60 * 60 * 1000)),
                     "stale_max", "must be at least refresh_after and at most 48 h");
}

void check(Findings& findings, const PemFile& source) {
    findings.require(!source.path.empty(), "pem_file", "is empty");
}

void check(Findings& findings, const SharedSecret& source) {
    findings.require(TokenKey::shared_secret({}, source.secret).has_value(), "hs256_secret",
                     "needs at least 32 bytes");
}

void check(Findings& findings, const Introspection& source) {
    check_url(findings, "introspect_url", source.url, source.timeout);
    findings.require(!source.subject.empty(), "subject", "must name a field");
    findings.require(within(source.lifetime, Millis(60'000), lifetime_limit), "lifetime",
                     "must be 1 min to 400 days");
    findings.require(within(source.cache_ttl, Millis(0), Millis(60 * 60'000)), "cache_ttl",
                     "must be at most 1 h");
    findings.require(within(source.refused_ttl, Millis(0), Millis(60 * 60'000)), "refused_ttl",
                     "must be at most 1 h");
}

Status check_issuer(const IssuerConfig& issuer) {
    Findings findings(issuer);
    const bool asks = std::holds_alternative<Introspection>(issuer.keys);
    findings.require(is_subject(issuer.issuer), "issuer", "must be 1 to 255 bytes of text");
    findings.require(!issuer.issuer.starts_with("urn:lifeline:"), "issuer",
                     "is a name that instances give themselves");
    findings.require(asks || !issuer.audience.empty(), "audience",
                     "is empty: a token for anybody would do");
    findings.require(asks || !issuer.types.empty(), "types", "is empty: no token would do");
    findings.require(within(issuer.lifetime_max, Millis(60'000), lifetime_limit), "lifetime_max",
                     "must be 1 min to 400 days");

    findings.require(issuer.account.fixed.empty() != issuer.account.claim.empty(), "account",
                     "is either fixed or named by a claim");
    findings.require(!issuer.account.claim.empty() ||
                         contract::matches(contract::Form::account_id, issuer.account.fixed),
                     "account", "must be acct_ and up to 59 of A-Z, a-z, 0-9 and _.:-");
    findings.require(issuer.role.claim.empty() == issuer.role.roles.empty(), "role",
                     "needs a claim and what its values mean, or neither");
    const auto is_server = [](const auto& row) { return row.second == contract::Role::server; };
    findings.require(std::ranges::none_of(issuer.role.roles, is_server) &&
                         issuer.role.otherwise != contract::Role::server,
                     "role", "may not be server, which is nobody's");
    findings.require(issuer.role.otherwise != contract::Role::admin, "role",
                     "may not be admin for everybody");
    std::visit([&](const auto& source) { check(findings, source); }, issuer.keys);
    return findings.status();
}

}  // namespace

Status check_issuers(const std::vector<IssuerConfig>& issuers) {
    std::size_t asking = 0;
    for (auto issuer = issuers.begin(); issuer != issuers.end(); ++issuer) {
        if (auto right = check_issuer(*issuer); !right) return right;
        Findings findings(*issuer);
        const auto same = [&](const IssuerConfig& other) { return other.issuer == issuer->issuer; };
        findings.require(std::none_of(issuers.begin(), issuer, same), "issuer", "is there twice");
        if (std::holds_alternative<Introspection>(issuer->keys)) ++asking;
        findings.require(asking <= 1, "introspect",
                         "is there for two issuers, and an opaque token does not say whose it is");
        if (auto right = findings.status(); !right) return right;
    }
    return {};
}

}  // namespace lifeline::identity
