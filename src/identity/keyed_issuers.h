#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "identity/external_ids.h"
#include "identity/fetcher.h"
#include "identity/issuer.h"
#include "identity/jwk_set.h"
#include "identity/jwks_cache.h"
#include "identity/verdict.h"

namespace lifeline::identity {

// The issuers whose tokens are checked with keys. Which issuer a token is from follows from the key
// that its signature holds for, never from what it claims: claims are not read before. Of one loop,
// which it must not outlive.
class KeyedIssuers {
public:
    struct Opinion {
        enum class Kind {
            settled,      // A key of ours signed it, or the key that it names did not.
            opaque,       // No JWS at all.
            unknown,      // No key of ours is meant.
            unavailable,  // An issuer's keys are not to be had, so it may yet be good.
        };
        Kind kind;
        Result<ExternalIdentity> who;  // Of `settled`; otherwise an error.
    };

    KeyedIssuers(ExternalIds ids, Fetcher& fetcher, Loop& home);

    // Reads the key file, if the issuer has one. Not for an issuer that is asked by introspection.
    Status add(const IssuerConfig& issuer);

    // `done` at once, or after the remote issuers were asked for a key that nobody knew.
    void judge(std::string token, std::move_only_function<void(Opinion)> done);

    void warm_up();
    // Exchanges the keys that came from files for these, by issuer, and asks remote ones for
    // theirs.
    void renew(std::vector<std::pair<std::string, KeySet>> local);

private:
    struct Trusted {
        IssuerConfig config;
        std::variant<KeySet, std::unique_ptr<JwksCache>> source;
        const KeySet* keys();  // Null while they are not to be had.
        JwksCache* remote();   // Null for keys that never change.
    };

    Opinion try_keys(const std::string& token);
    Result<ExternalIdentity> identify(const Trusted& issuer, const CompactJws& token,
                                      const std::string& payload) const;

    ExternalIds ids_;
    Fetcher& fetcher_;
    Loop& home_;
    std::vector<Trusted> issuers_;
};

// Whether the key file that an issuer names, if it names one, can be used; for looking at a
// configuration without serving it.
Status check_key_file(const IssuerConfig& issuer);

// The keys of all that have them here rather than at a URL, each with its issuer; reads files.
Result<std::vector<std::pair<std::string, KeySet>>> read_local_keys(
    const std::vector<IssuerConfig>& issuers);

}  // namespace lifeline::identity
