#include "identity/token_judge.h"

#include <cstring>
#include <utility>

#include "contract/reason.h"
#include "identity/access_token.h"
#include "identity/api_key.h"

namespace lifeline::identity {

namespace {

// A key without an end is revocable at once, but whoever holds a socket by it comes back now and
// then.
constexpr Millis key_session_max{24LL * 60 * 60 * 1000};

}  // namespace

std::size_t TokenJudge::DigestHash::operator()(const Digest& digest) const {
    std::size_t out = 0;
    std::memcpy(&out, digest.data(), sizeof out);
    return out;
}

TokenJudge::TokenJudge(House house, CacheLimits limits)
    : keys_(house.keys),
      connect_tokens_(house.keys),
      capabilities_(house.keys),
      directory_(house.directory),
      home_(house.home),
      fetcher_(house.fetcher),
      ttl_(limits.ttl),
      ids_(house.keys),
      keyed_(ids_, house.fetcher, house.home),
      enrolment_(house.directory, house.log, ids_, house.random, house.home),
      cache_(limits.entries_max) {}

Status TokenJudge::add(const IssuerConfig& issuer) {
    if (!std::holds_alternative<Introspection>(issuer.keys)) return keyed_.add(issuer);
    introspectors_.emplace_back(issuer, ids_, fetcher_, home_);
    return {};
}

void TokenJudge::judge(std::string token, Done<Principal> done) {
    if (token.empty()) {
        done(contract::refuse(contract::reason::token_missing));
        return;
    }
    if (token.size() > token_bytes_max) {
        done(token_invalid("longer than a token may be"));
        return;
    }
    if (token.starts_with(api_key_prefix)) {
        done(api_key(token));
        return;
    }
    if (token.starts_with(connect_token_prefix)) {
        done(connect_token(token));
        return;
    }
    if (token.starts_with(capability_prefix)) {
        done(capability(token));
        return;
    }
    const Digest digest = sha256(token);
    if (const Known* const known = cache_.find(digest, home_.clock().steady())) {
        conclude(Known(*known), std::move(done));
        return;
    }
    const auto own = CompactJws::parse(token);
    if (!own || !is_own_access_token(keys_, *own)) {
        external(digest, std::move(token), std::move(done));
        return;
    }
    auto principal = verify_access_token(keys_, *own, now());
    if (!principal) {
        done(fail(principal.error()));
        return;
    }
    remember(digest, *principal, ttl_);
    conclude(*std::move(principal), std::move(done));
}

Result<Principal> TokenJudge::api_key(std::string_view token) const {
    const auto key_id = api_key_id(token);
    const KeyRecord* const key = key_id ? directory_.key(*key_id) : nullptr;
    // Whoever does not hold the key does not learn whether it exists.
    if (key == nullptr || !equal_secret(view(key->hash), view(api_key_hash(token))))
        return token_invalid("no API key of ours");
    const WallTime session_end = now() + key_session_max;
    Principal principal{.user_id = "key_" + key->key_id,
                        .account_id = key->account_id,
                        .role = key->role,
                        .expires_at = std::min(key->expires_at.value_or(session_end), session_end),
                        .key_id = key->key_id,
                        .display_name = key->name};
    if (auto stands = standing(principal); !stands) return fail(stands.error());
    return principal;
}

Result<Principal> TokenJudge::connect_token(std::string_view token) const {
    auto principal = connect_tokens_.verify(token, now());
    if (!principal) return principal;
    if (auto stands = standing(*principal); !stands) return fail(stands.error());
    return principal;
}

Result<Principal> TokenJudge::capability(std::string_view token) const {
    auto shown = capabilities_.verify(token, now());
    if (!shown) return fail(shown.error());
    if (auto stands = standing(shown->agent, shown->maker_id); !stands) return fail(stands.error());
    return std::move(shown->agent);
}

Status TokenJudge::standing(const Principal& principal, std::string_view user_id) const {
    if (!principal.key_id.empty()) {
        const KeyRecord* const key = directory_.key(principal.key_id);
        if (key == nullptr) return token_invalid("no API key of ours");
        if (key->revoked) return contract::refuse(contract::reason::key_revoked);
        if (key->expires_at && now() >= *key->expires_at)
            return contract::refuse(contract::reason::token_expired, "the API key has expired");
    }
    if (!principal.issuer.empty()) {
        const auto user = directory_.user(principal.issuer, principal.subject);
        if (!user || user->user_id != user_id)
            return contract::refuse(contract::reason::user_unknown,
                                    "the subject stands for another user now, or for none");
    }
    if (directory_.account_disabled(principal.account_id))
        return contract::refuse(contract::reason::account_disabled);
    return {};
}

void TokenJudge::external(const Digest& digest, std::string token, Done<Principal> done) {
    auto& waiting = asking_[digest];
    waiting.push_back(std::move(done));
    if (waiting.size() > 1) return;
    ask(std::move(token),
        [this, digest](Verdict verdict) { concluded(digest, std::move(verdict)); });
}

void TokenJudge::ask(std::string token, OnVerdict done) {
    keyed_.judge(
        token, [this, token, done = std::move(done)](KeyedIssuers::Opinion opinion) mutable {
            using Kind = KeyedIssuers::Opinion::Kind;
            if (opinion.kind == Kind::settled || introspectors_.empty()) {
                const Millis keep = opinion.who ? ttl_ : Millis(0);
                done({.who = std::move(opinion.who), .keep = keep});
                return;
            }
            introspectors_.front().ask(
                std::move(token),
                [done = std::move(done), opinion = std::move(opinion)](Verdict verdict) mutable {
                    // A refusal by one does not speak for another whose keys are not to be had.
                    if (!verdict.who && opinion.kind == Kind::unavailable)
                        verdict = {.who = std::move(opinion.who)};
                    done(std::move(verdict));
                });
        });
}

void TokenJudge::concluded(const Digest& digest, Verdict verdict) {
    const Known known = verdict.who ? Known(*verdict.who) : Known(verdict.who.error());
    remember(digest, known, verdict.keep);
    auto waiting = asking_.extract(digest);
    for (auto& done : waiting.mapped()) conclude(known, std::move(done));
}

void TokenJudge::conclude(const Known& known, Done<Principal> done) {
    const auto expired = [&](WallTime expires_at) { return now() >= expires_at; };
    if (const auto* refusal = std::get_if<Error>(&known)) {
        done(fail(*refusal));
    } else if (const auto* who = std::get_if<ExternalIdentity>(&known)) {
        if (expired(who->expires_at))
            done(contract::refuse(contract::reason::token_expired, "it has expired meanwhile"));
        else
            enrolment_.admit(*who, std::move(done));
    } else {
        const auto& principal = std::get<Principal>(known);
        if (expired(principal.expires_at))
            done(contract::refuse(contract::reason::token_expired, "it has expired meanwhile"));
        else if (auto stands = standing(principal); !stands)
            done(fail(stands.error()));
        else
            done(principal);
    }
}

void TokenJudge::remember(const Digest& digest, Known known, Millis keep) {
    // A refusal with a key costs microseconds to repeat; only what was asked for is worth keeping.
    if (keep > Millis(0)) cache_.put(digest, home_.clock().steady() + keep, std::move(known));
}

}  // namespace lifeline::identity
