#pragma once

#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/loop.h"
#include "base/random.h"
#include "base/result.h"
#include "identity/bounded_cache.h"
#include "identity/capability.h"
#include "identity/claims.h"
#include "identity/connect_token.h"
#include "identity/directory.h"
#include "identity/directory_changes.h"
#include "identity/enrolment.h"
#include "identity/fetcher.h"
#include "identity/instance_keys.h"
#include "identity/introspector.h"
#include "identity/issuer.h"
#include "identity/keyed_issuers.h"
#include "identity/principal.h"

namespace lifeline::identity {

// The Authenticator's judgement on its home loop: finds out which kind a token is, asks whoever can
// tell, remembers the answer for a while, and asks the directory every time.
class TokenJudge {
public:
    // All outlive it and belong to `home`, but the keys, which are nobody's.
    struct House {
        const InstanceKeys& keys;
        Directory& directory;
        DirectoryLog& log;
        Fetcher& fetcher;
        Random& random;
        Loop& home;
    };
    struct CacheLimits {
        std::size_t entries_max = 4'096;
        // How long a verified token is not verified again; never beyond its own expiry.
        Millis ttl{60'000};
    };

    TokenJudge(House house, CacheLimits limits);
    Status add(const IssuerConfig& issuer);
    void warm_up() { keyed_.warm_up(); }
    // What was verified with the keys of before is asked about anew.
    void renew(std::vector<std::pair<std::string, KeySet>> local) {
        keyed_.renew(std::move(local));
        cache_.clear();
    }

    // On the home loop, where `done` runs too, at once when nothing has to be waited for.
    void judge(std::string token, Done<Principal> done);

private:
    // What is known of a token without asking again.
    using Known = std::variant<Principal, ExternalIdentity, Error>;

    Result<Principal> api_key(std::string_view token) const;
    Result<Principal> connect_token(std::string_view token) const;
    Result<Principal> capability(std::string_view token) const;
    // Whether the directory still knows whom this principal was made of, and by the same user. What
    // was exchanged for a token of ours is asked about again, or it would outlive what it was made
    // with.
    Status standing(const Principal& principal, std::string_view user_id) const;
    Status standing(const Principal& principal) const {
        return standing(principal, principal.user_id);
    }
    void external(const Digest& digest, std::string token, Done<Principal> done);
    void ask(std::string token, OnVerdict done);
    void concluded(const Digest& digest, Verdict verdict);
    void conclude(const Known& known, Done<Principal> done);
    void remember(const Digest& digest, Known known, Millis keep);
    WallTime now() const { return home_.clock().wall(); }

    const InstanceKeys& keys_;
    ConnectTokens connect_tokens_;
    Capabilities capabilities_;
    Directory& directory_;
    Loop& home_;
    Fetcher& fetcher_;
    Millis ttl_;
    ExternalIds ids_;
    KeyedIssuers keyed_;
    std::vector<Introspector> introspectors_;  // At most one: check_issuers.
    Enrolment enrolment_;
    BoundedCache<Known> cache_;

    struct DigestHash {
        std::size_t operator()(const Digest& digest) const;
    };
    // Requests with the same token while it is being asked about.
    std::unordered_map<Digest, std::vector<Done<Principal>>, DigestHash> asking_;
};

}  // namespace lifeline::identity
