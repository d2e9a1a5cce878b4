#include "identity/enrolment.h"

#include <optional>
#include <utility>

#include "base/log.h"
#include "contract/reason.h"
#include "identity/deadline.h"

namespace lifeline::identity {

namespace {
// Under the deadline of a request, so that it is told what was not there in time.
constexpr Millis append_deadline{4'000};
}  // namespace

Enrolment::Enrolment(Directory& directory, DirectoryLog& log, ExternalIds ids, Random& random,
                     Loop& home)
    : directory_(directory), log_(log), ids_(ids), random_(random), home_(home) {}

std::optional<Result<Principal>> Enrolment::look_up(const ExternalIdentity& who) const {
    const auto user = directory_.user(who.issuer, who.subject);
    if (!user) return std::nullopt;
    const std::string& account_id = user->linked ? user->account_id : who.account_id;
    if (directory_.account(account_id) == nullptr) return std::nullopt;
    if (directory_.account_disabled(account_id))
        return contract::refuse(contract::reason::account_disabled);
    return Principal{.user_id = user->user_id,
                     .account_id = account_id,
                     .role = who.role,
                     .expires_at = who.expires_at,
                     .issuer = who.issuer,
                     .subject = who.subject,
                     .display_name = who.display_name};
}

void Enrolment::admit(const ExternalIdentity& who, Done<Principal> done) {
    if (auto known = look_up(who)) {
        done(*std::move(known));
        return;
    }
    if (who.users == UserCreation::must_exist) {
        done(contract::refuse(contract::reason::user_unknown));
        return;
    }
    auto& waiting = appending_[key_of(who)];
    waiting.push_back({who, std::move(done)});
    if (waiting.size() == 1) append(who);
}

void Enrolment::append(const ExternalIdentity& who) {
    const std::string user_id = ids_.user_id(who.issuer, who.subject);
    auto changes = first_sight({directory_, home_.clock().wall(), random_},
                               {.issuer = who.issuer,
                                .subject = who.subject,
                                .user_id = user_id,
                                .account_id = who.account_id,
                                .account_name = who.account_name});
    auto late = contract::error_for(contract::reason::storage_unavailable,
                                    "the directory's events were not written in time");
    log_.append(
        std::move(changes),
        with_deadline<void>(home_, append_deadline, std::move(late),
                            [this, key = key_of(who)](Status written) {
                                auto waiting = appending_.extract(key);
                                for (Waiting& one : waiting.mapped()) {
                                    if (!written) {
                                        one.done(fail(written.error()));
                                    } else if (auto known = look_up(one.who)) {
                                        one.done(*std::move(known));
                                    } else {
                                        log::error("identity: a user was written and is not there");
                                        one.done(contract::refuse(contract::reason::internal));
                                    }
                                }
                            }));
}

}  // namespace lifeline::identity
