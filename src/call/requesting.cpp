#include <fmt/format.h>

#include <algorithm>

#include "call/action_events.h"
#include "call/action_rules.h"
#include "call/args_hash.h"
#include "call/deadlines.h"
#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::call::rules {

namespace {

namespace field = contract::field::orchestration_action_requested;

// More than a person could follow, and more than a call may have in all.
constexpr std::ptrdiff_t open_actions_max = 64;
constexpr std::size_t actions_max = 4096;

std::string turn_of(const contract::Event& event) {
    if (!event.has(field::requested_by)) return {};
    const auto by = contract::Json::parse(event.raw(field::requested_by));
    return by ? std::string(by->text("turnId").value_or("")) : std::string();
}

Action asked_for(const contract::Event& event, const Command& from, WallTime now) {
    Action action;
    action.id = event.text(field::action_id);
    action.type = event.text(field::action_type);
    action.summary = event.text(field::summary);
    action.requester = from.actor.id;
    action.turn_id = turn_of(event);
    action.args_json =
        event.has(field::args) ? contract::canonical_json(event.raw(field::args)) : "{}";
    action.args_hash = args_hash(action.id, action.type, action.args_json);
    action.content_digest = content_digest(action.type, action.args_json);
    if (event.has(field::deadline_ms)) {
        action.deadline_after = Millis{event.integer(field::deadline_ms)};
        action.deadline = later(now, action.deadline_after);
    }
    return action;
}

// The one that a repeated key stands for; a rejected one stands for nothing.
const Action* same_key(const State& state, std::string_view key) {
    if (key.empty()) return nullptr;
    const auto found = std::ranges::find_if(state.actions, [&](const Action& action) {
        return action.idempotency_key == key && action.outcome != "rejected" &&
               action.outcome != "duplicate";
    });
    return found == state.actions.end() ? nullptr : &*found;
}

// What is unknown may stay so for long, and takes nobody's place.
bool full(const State& state) {
    const auto open = [](const Action& action) {
        return !action.is_over() && action.state != ActionState::unknown;
    };
    return state.actions.size() >= actions_max ||
           std::ranges::count_if(state.actions, open) >= open_actions_max;
}

}  // namespace

Result<Decision> request_action(const State& state, const contract::Event& event,
                                const Command& from, WallTime now, const Judge& judge) {
    Action action = asked_for(event, from, now);
    if (state.action(action.id) != nullptr)
        return fail(Code::conflict, "action_exists", "this actionId was used already",
                    "/payload/actionId");
    const auto rejected = [&](std::string_view code, std::string_view message) {
        return Decision{{events::rejected(action.id, code, message)}};
    };
    const auto tool = judge.tool(action.type);
    if (!tool) return rejected("unknown_type", "no tool of this name is configured");
    if (!tool->requesters.has(from.role))
        return fail(
            Code::not_allowed, "forbidden",
            fmt::format("the role {} may not request this action", contract::to_text(from.role)),
            "/payload/actionType");
    action.risk = tool->risk;
    if (event.has(field::risk))
        action.risk = std::max(action.risk,
                               contract::risk_from(event.text(field::risk)).value_or(tool->risk));
    if (event.has(field::idempotency_key)) {
        if (const Action* first = same_key(state, event.text(field::idempotency_key))) {
            if (first->content_digest != action.content_digest)
                return rejected("duplicate_conflict",
                                "this idempotencyKey was used for another action or other "
                                "arguments");
            action.duplicate_of = first->id;
            return Decision{{events::accepted(action, "none")}};
        }
    }
    if (full(state)) return rejected("quota", "too many actions of this call are not over");
    if (const auto fits = judge.check_args(action.type, action.args_json); !fits)
        return rejected("schema", fmt::format("{} {}", fits.error().pointer, fits.error().detail));
    const Ruling ruling = ruling_on(state, action, now, judge);
    Decision decision;
    decision.events.push_back(events::accepted(action, ruling.policy_version));
    judge_action(action, ruling, now, judge, decision.events);
    return decision;
}

}  // namespace lifeline::call::rules
