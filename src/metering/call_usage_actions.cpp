#include <utility>

#include "metering/call_usage.h"

namespace lifeline::metering {

namespace {

using contract::EventType;
namespace field = contract::field;

// How an action that was begun came out; nothing for what is no end.
std::string_view outcome_of(EventType type) {
    switch (type) {
        case EventType::orchestration_action_succeeded:
            return "succeeded";
        case EventType::orchestration_action_failed:
            return "failed";
        case EventType::orchestration_action_timed_out:
            return "timed_out";
        case EventType::orchestration_action_cancelled:
            return "cancelled";
        default:
            return {};
    }
}

UsageKey key_of(std::string_view type, std::string_view outcome) {
    return {.meter = std::string(meter_names::actions),
            .dims = {{"actionType", std::string(type)}, {"outcome", std::string(outcome)}}};
}

}  // namespace

// What was begun counts once, however often it was tried, and however it ended; what was stopped
// before that, or never allowed, does not.
void CallUsage::take_action(const contract::Event& event, const Witness& witness, const Moment& at,
                            Due& due) {
    if (meters_->find(meter_names::actions) == nullptr) return;
    const auto name = event.find_text("actionId");
    if (!name) return;
    const std::string id(*name);
    if (event.type() == EventType::orchestration_action_requested) {
        Action action{
            .type = std::string(event.text(field::orchestration_action_requested::action_type))};
        action.evidence.add(witness);
        actions_.try_emplace(id, std::move(action));
        return;
    }
    const auto found = actions_.find(id);
    if (found == actions_.end()) return;
    Action& action = found->second;
    if (event.type() == EventType::orchestration_action_started) {
        action.started = true;
        action.evidence.add(witness);
        return;
    }
    if (event.type() == EventType::orchestration_action_rejected) {
        actions_.erase(found);
        return;
    }
    if (event.type() == EventType::orchestration_action_outcome_unknown && action.started) {
        action.evidence.add(witness);
        const Fact fact{.id = id,
                        .portion = {.raw = 0, .from = at.wall, .to = at.wall},
                        .hour = window_of(at.wall),
                        .evidence = action.evidence,
                        .action_id = id};
        action.unknown =
            apart(key_of(action.type, "unknown"), fact, UsageRecord::Class::measured, false, due);
        return;
    }
    std::string_view outcome = outcome_of(event.type());
    if (event.type() == EventType::orchestration_action_resolved)
        outcome = event.text(field::orchestration_action_resolved::resolution);
    if (outcome.empty()) return;
    action.evidence.add(witness);
    if (action.started) count_action(id, action, outcome, at, due);
    actions_.erase(found);
}

void CallUsage::count_action(const std::string& id, const Action& action, std::string_view outcome,
                             const Moment& at, Due& due) {
    const bool done = outcome != "not_executed";
    const Fact fact{.id = id,
                    .portion = {.raw = done ? 1 : 0, .from = at.wall, .to = at.wall},
                    .hour = window_of(at.wall),
                    .evidence = action.evidence,
                    .action_id = id,
                    .corrects = action.unknown};
    apart(key_of(action.type, outcome), fact,
          action.unknown.empty() ? UsageRecord::Class::measured : UsageRecord::Class::corrected,
          true, due);
}

}  // namespace lifeline::metering
