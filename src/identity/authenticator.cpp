#include "identity/authenticator.h"

#include <utility>

#include "contract/reason.h"
#include "identity/capability.h"
#include "identity/connect_token.h"
#include "identity/deadline.h"

namespace lifeline::identity {

namespace {

// What is good at one door only.
bool opens(std::string_view token, Authenticator::Purpose purpose) {
    using Purpose = Authenticator::Purpose;
    if (token.starts_with(connect_token_prefix)) return purpose == Purpose::socket;
    if (token.starts_with(capability_prefix)) return purpose == Purpose::act;
    return true;
}

}  // namespace

Authenticator::Authenticator(Unchecked, const Options& options, House house)
    : home_(house.home),
      deadline_(options.deadline),
      waiting_max_(options.waiting_max),
      judge_(house, options.cache) {}

Result<std::unique_ptr<Authenticator>> Authenticator::create(Options options, House house) {
    if (auto right = check_issuers(options.issuers); !right) return fail(right.error());
    auto out = std::make_unique<Authenticator>(Unchecked(), options, house);
    for (const IssuerConfig& issuer : options.issuers)
        if (auto added = out->judge_.add(issuer); !added) return fail(added.error());
    return out;
}

void Authenticator::authenticate(std::string token, Purpose purpose, Loop& caller,
                                 Done<Principal> done) {
    home_.post(
        [this, token = std::move(token), purpose, &caller, done = std::move(done)]() mutable {
            answer(std::move(token), purpose, caller, std::move(done));
        });
}

void Authenticator::answer(std::string token, Purpose purpose, Loop& caller, Done<Principal> done) {
    Done<Principal> reply = [&caller, done = std::move(done)](Result<Principal> outcome) mutable {
        caller.post([done = std::move(done), outcome = std::move(outcome)]() mutable {
            done(std::move(outcome));
        });
    };
    if (!opens(token, purpose)) {
        reply(contract::refuse(contract::reason::token_wrong_kind));
        return;
    }
    if (waiting_ >= waiting_max_) {
        reply(contract::refuse(contract::reason::overloaded, "too many tokens are being judged"));
        return;
    }
    ++waiting_;
    auto late = contract::error_for(contract::reason::issuer_unavailable, "not judged in time");
    judge_.judge(std::move(token), with_deadline<Principal>(home_, deadline_, std::move(late),
                                                            [this, reply = std::move(reply)](
                                                                Result<Principal> outcome) mutable {
                                                                --waiting_;
                                                                reply(std::move(outcome));
                                                            }));
}

void Authenticator::renew(std::vector<std::pair<std::string, KeySet>> local) {
    judge_.renew(std::move(local));
}

void Authenticator::warm_up() {
    judge_.warm_up();
}

}  // namespace lifeline::identity
