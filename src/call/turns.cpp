#include <fmt/format.h>

#include <algorithm>

#include "call/rules.h"

namespace lifeline::call::rules {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

// Turns that one agent started and did not finish.
constexpr std::ptrdiff_t open_turns_max = 64;

std::unexpected<Error> refused(Code code, std::string_view reason, std::string detail) {
    return fail(code, reason, std::move(detail), "/payload/turnId");
}

Result<void> may_start(const State& state, std::string_view turn_id, const Command& from) {
    if (state.open_turn(turn_id) != nullptr || state.turn_is_over(turn_id))
        return refused(Code::conflict, "turn_exists", "this turn was started already");
    if (std::ranges::count(state.open_turns, from.actor.id, &OpenTurn::starter) >= open_turns_max)
        return fail(Code::overloaded, "limit_exceeded",
                    fmt::format("{} of the sender's turns are not over: complete or cancel some",
                                open_turns_max));
    return {};
}

Result<void> may_go_on(const State& state, std::string_view turn_id, const Command& from) {
    const OpenTurn* turn = state.open_turn(turn_id);
    if (turn == nullptr && state.turn_is_over(turn_id))
        return refused(Code::conflict, "turn_closed", "this turn is over");
    if (turn == nullptr) return refused(Code::conflict, "turn_unknown", "no such turn was started");
    if (turn->starter != from.actor.id && from.role != contract::Role::server)
        return refused(Code::not_allowed, "turn_not_yours",
                       "only the agent that started a turn says what becomes of it");
    return {};
}

}  // namespace

Result<void> may_turn(const State& state, const Event& event, const Command& from) {
    switch (event.type()) {
        case EventType::orchestration_turn_started:
            return may_start(state, event.text(field::orchestration_turn_started::turn_id), from);
        case EventType::orchestration_turn_delta:
            return may_go_on(state, event.text(field::orchestration_turn_delta::turn_id), from);
        case EventType::orchestration_turn_completed:
            return may_go_on(state, event.text(field::orchestration_turn_completed::turn_id), from);
        case EventType::orchestration_turn_failed:
            return may_go_on(state, event.text(field::orchestration_turn_failed::turn_id), from);
        case EventType::orchestration_turn_cancelled:
            return may_go_on(state, event.text(field::orchestration_turn_cancelled::turn_id), from);
        default:
            return {};
    }
}

}  // namespace lifeline::call::rules
