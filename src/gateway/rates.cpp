#include "gateway/rates.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace lifeline::gateway {

namespace {

// People are in a call or two, and what they send is one flood wherever it goes. A trusted backend
// or an agent is in as many as there are.
std::string who_is_counted(const identity::Principal& principal, std::string_view session_id) {
    const bool in_many =
        principal.role == contract::Role::agent || principal.role == contract::Role::service;
    return fmt::format("{}/{}/{}", principal.account_id, principal.user_id,
                       in_many ? session_id : std::string_view());
}

constexpr Millis too_many_wait = std::chrono::seconds(1);

}  // namespace

Rates::Rates(const Limits& limits)
    : connects_({limits.connects_per_second, limits.connects_burst}, limits.users_remembered_max),
      publishes_({limits.events_per_second, limits.events_burst}, limits.users_remembered_max) {}

void Rates::take_limits(const Limits& limits) {
    connects_.take_rate({limits.connects_per_second, limits.connects_burst});
    publishes_.take_rate({limits.events_per_second, limits.events_burst});
}

Status Rates::may_connect(const identity::Principal& principal, std::string_view session_id,
                          SteadyTime now) {
    const auto bucket = connects_.of(who_is_counted(principal, session_id), now);
    const Millis wait = bucket ? bucket->wait_to_take(now) : too_many_wait;
    if (wait > Millis{0}) return fail(rate_limited("this user connects too often", wait));
    return {};
}

Result<std::shared_ptr<SharedBucket>> Rates::publishing(const identity::Principal& principal,
                                                        std::string_view session_id,
                                                        SteadyTime now) {
    auto bucket = publishes_.of(who_is_counted(principal, session_id), now);
    if (!bucket) return fail(rate_limited("too many publish at once", too_many_wait));
    return bucket;
}

Status may_publish(SharedBucket& bucket, SteadyTime now) {
    const Millis wait = bucket.wait_to_take(now);
    if (wait > Millis{0}) return fail(rate_limited("too many events a second", wait));
    return {};
}

}  // namespace lifeline::gateway
