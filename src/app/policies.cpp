#include "app/policies.h"

#include <fmt/format.h>

#include <utility>

#include "app/rules_in_force.h"
#include "base/id.h"
#include "base/log.h"
#include "contract/reason.h"
#include "session/sessions.h"

namespace lifeline::app {

Result<api::PolicyInForce> Policies::in_force() const {
    return policy_in_force(config_, file_, log_.policies());
}

Status Policies::restore() {
    auto now = in_force();
    if (!now) return fail(now.error());
    if (now->stored)
        log::info("policy id={} version={} as it was put by={}", now->policy.id(),
                  now->policy.version(), now->by);
    if (by_file() && log_.policies().stored())
        log::warn("policy file={} counts over the policy that was put by={}", now->file,
                  log_.policies().stored()->by);
    effects_.take_policy(std::move(now->policy), config_.confirm_within, [] {});
    return {};
}

void Policies::take_file(safety::Policy policy) {
    file_ = std::move(policy);
    auto now = in_force();
    if (!now) return log::error("the policy stays as it was: {}", now.error().detail);
    effects_.take_policy(std::move(now->policy), config_.confirm_within, [] {});
}

void Policies::change(safety::PolicyChange change, Loop& from, Done given) {
    home_.post([this, change = std::move(change),
                done = session::on_loop<api::PolicyInForce>(from, std::move(given))]() mutable {
        const auto now = in_force();
        if (!now) return done(fail(now.error()));
        if (by_file())
            return done(contract::refuse(
                contract::reason::policy_in_file,
                fmt::format("safety.policy_file is {}", config_.policy_file.string())));
        if (const auto may = log_.policies().may_take(change, now->policy); !may)
            return done(fail(may.error()));
        if (change.policy.hash() == now->policy.hash()) return done(*now);
        if (std::exchange(changing_, true))
            return done(contract::refuse(contract::reason::policy_conflict,
                                         "another change is being written", "/baseHash"));
        log::warn("policy id={} version={} by={}", change.policy.id(), change.policy.version(),
                  change.by);
        log_.append(new_id("ll_policy:", home_.clock().wall(), random_), change,
                    [this, done = std::move(done)](const Status& written) mutable {
                        changing_ = false;
                        if (!written) return done(fail(written.error()));
                        auto taken = in_force();
                        if (!taken) return done(fail(taken.error()));
                        safety::Policy policy = taken->policy;
                        effects_.take_policy(
                            std::move(policy), config_.confirm_within,
                            [taken = *std::move(taken), done = std::move(done)]() mutable {
                                done(std::move(taken));
                            });
                    });
    });
}

void Policies::look(Loop& from, Done done) {
    home_.post([this, done = session::on_loop<api::PolicyInForce>(
                          from, std::move(done))]() mutable { done(in_force()); });
}

}  // namespace lifeline::app
