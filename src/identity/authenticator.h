#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "identity/instance_keys.h"
#include "identity/issuer.h"
#include "identity/principal.h"
#include "identity/token_judge.h"

namespace lifeline::identity {

// Turns whatever a client presents as its token into a Principal, or refuses it:
//   token_invalid       not ours, not whole, not for us; trying again does not help
//   token_expired       was good; a new one will be
//   token_wrong_kind    a connect token or a capability, and it is not shown at its own door
//   key_revoked, user_unknown, account_disabled
//                       good, but its holder has no business here any more, or not yet
//   issuer_unavailable, storage_unavailable, overloaded
//                       nobody can know now; retryable, and never a reason to let somebody in
// The error's detail says which check failed. It is for the log: a stranger is told the reason
// only.
//
// Kinds of token: `llc_...` connect token, which opens a socket and is good for no request, since
// it could renew itself by one; `lla_...` capability, by which an agent acts; `llk_...` API key, a
// JWT of this instance or of a configured issuer, or anything else where an issuer is asked by
// introspection. All are judged on the home loop, where the directory is, so that what was revoked
// is refused from then on, whatever it had been exchanged for. Every wait has a deadline, every
// table a limit.
//
// Owned by wiring; outlives the last job of every loop that calls it.
class Authenticator {
public:
    // What a token is shown for.
    enum class Purpose { request, socket, act };  // act: by the MCP door

    struct Options {
        std::vector<IssuerConfig> issuers;
        Millis deadline{5'000};  // For one request, over all that it waits for.
        std::size_t waiting_max = 1'024;
        TokenJudge::CacheLimits cache = {};
    };
    using House = TokenJudge::House;

    // Fails when an issuer's configuration cannot be right, naming it and the setting. Reads key
    // files, so from main, before the loops run.
    static Result<std::unique_ptr<Authenticator>> create(Options options, House house);

    // From `caller`'s thread, where `done` runs too, later.
    void authenticate(std::string token, Purpose purpose, Loop& caller, Done<Principal> done);

    // Fetches the keys of remote issuers ahead of the first token. From the home loop.
    void warm_up();
    // Takes new keys for the issuers that it knows: `local` from read_local_keys, which may block
    // elsewhere, and those of remote issuers from where they publish them. From the home loop.
    void renew(std::vector<std::pair<std::string, KeySet>> local);

private:
    struct Unchecked {};

public:
    Authenticator(Unchecked, const Options& options, House house);  // For `create`.

private:
    void answer(std::string token, Purpose purpose, Loop& caller, Done<Principal> done);

    Loop& home_;
    Millis deadline_;
    std::size_t waiting_max_;
    // From here on touched on the home loop only.
    TokenJudge judge_;
    std::size_t waiting_ = 0;
};

}  // namespace lifeline::identity
