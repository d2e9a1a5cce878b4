#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agency.h"

// The runners of an agency: two at once, as when a restart overlaps; some say what it came to, some
// never, some long after another has taken their place.
namespace lifeline::simulation {

namespace {

using contract::Role;

const contract::Actor server{"server", "lifeline"};

}  // namespace

void Agency::claim(const std::string& call) {
    look(call, [this, call](const call::State& state) {
        for (const call::Action& action : state.actions) {
            if (!call::claimable(action)) continue;
            // Two runners at once: a restart that overlaps, say.
            const std::uint64_t runners = 1 + chance_.below(2);
            for (std::uint64_t i = 0; i < runners; ++i) claim_one(call, action.id, action.type);
        }
    });
}

void Agency::claim_one(const std::string& call, const std::string& action_id,
                       const std::string& action_type) {
    const std::uint64_t stop = gates_.in_force_for(action_type);
    house_.submit(call, {call::ClaimAction{action_id, Millis{500}}, server, Role::server},
                  [this, call, action_id, stop](Result<session::Receipt> receipt) {
                      if (!receipt && mutant_ != Mutant::runner_acts_anyway) return;
                      const std::uint64_t seq = receipt ? receipt->seq : 0;
                      look(call, [this, call, action_id, seq, stop](const call::State& state) {
                          const call::Action* action = state.action(action_id);
                          if (action == nullptr || action->state != call::ActionState::started ||
                              action->fence < seq)
                              return;
                          if (stop != 0 && gates_.in_force_for(action->type) == stop)
                              model_.violation(call + " " + action_id + ": began while stopped");
                          act(call, *action);
                      });
                  });
}

void Agency::act(const std::string& call, const call::Action& action) {
    effects_[call].push_back({action.id, action.type, action.args_json, action.fence});
    gates_.did(action.type);
    ++all_effects_;
    running_.push_back({call, action.id, action.attempt, action.fence});
    // Whoever was given up for this one wakes up just now.
    const auto old = std::ranges::find_if(
        stuck_, [&](const Running& one) { return one.call == call && one.action_id == action.id; });
    if (old == stuck_.end()) return;
    say(*old);
    stuck_.erase(old);
}

void Agency::tell() {
    auto& from = !stuck_.empty() && chance_.below(8) == 0 ? stuck_ : running_;
    if (from.empty()) return;
    const std::size_t place = chance_.below(from.size());
    const Running one = from[place];
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(place));
    // Its word is lost, and the lease ends; or it comes when that has long been so.
    const std::uint64_t fate = chance_.below(10);
    if (fate == 0) return;
    if (fate < 3 && &from == &running_) return stuck_.push_back(one);
    say(one);
}

void Agency::say(const Running& one) {
    using Came = call::FinishAction::Outcome;
    call::FinishAction how;
    how.action_id = one.action_id;
    how.attempt = one.attempt;
    how.fence = one.fence;
    how.outcome = std::array{Came::succeeded, Came::failed, Came::unknown}.at(chance_.below(3));
    // Whatever it says, it says of which claim.
    how.code = fmt::format("broken_{}", one.fence);
    how.message = "It broke.";
    how.may_retry = true;
    how.result_json = fmt::format(R"({{"fence":{}}})", one.fence);
    // Twice, when the first answer was slow.
    for (std::uint64_t i = 0; i <= chance_.below(2); ++i)
        house_.submit(one.call, {how, server, Role::server},
                      [](const Result<session::Receipt>&) {});
}

}  // namespace lifeline::simulation
