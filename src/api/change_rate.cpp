#include "api/change_rate.h"

#include <fmt/format.h>

#include <chrono>

namespace lifeline::api {

namespace {

constexpr Millis too_many_wait = std::chrono::seconds(1);

}  // namespace

Millis ChangeRate::wait_to_change(const identity::Principal& principal, std::string_view about,
                                  SteadyTime now) {
    using contract::Role;
    if (principal.role == Role::service || principal.role == Role::admin) return Millis{0};
    // An agent is in as many calls as there are; a person is one, wherever they are.
    const bool in_many = principal.role == Role::agent;
    const auto who = fmt::format("{}/{}/{}", principal.account_id, principal.user_id,
                                 in_many ? about : std::string_view());
    const auto bucket = changes_.of(who, now);
    return bucket ? bucket->wait_to_take(now) : too_many_wait;
}

}  // namespace lifeline::api
