#include "whatif/walk.h"

#include <algorithm>
#include <utility>

#include "contract/stream.h"
#include "rulebook/rulebook.h"

namespace lifeline::whatif {

namespace {

using contract::EventType;
namespace field = contract::field;

}  // namespace

// Without tools: the risk of each question is the recorded one, whatever its tool is by now.
Walk::Walk(safety::Policy policy, Wanted wanted)
    : judge_(std::make_shared<rulebook::Rulebook>(
          rulebook::Rulebook::Parts{.tools = {}, .policy = std::move(policy)})),
      wanted_(std::move(wanted)) {}

bool Walk::looks_at(std::string_view stream, std::string_view bytes) const {
    if (contract::stream_kind(stream) != contract::StreamKind::call) return false;
    if (wanted_.session.empty() || stream == wanted_.session) return true;
    // What counts for the others' day; an event that only quotes these words is read, no more.
    return bytes.empty() || bytes.contains("\"type\":\"call.created\"") ||
           bytes.contains("\"type\":\"orchestration.action.accepted\"");
}

std::size_t Walk::calls() const {
    std::vector<std::string_view> ids;
    for (const Comparison& one : comparisons_) ids.emplace_back(one.session_id);
    std::ranges::sort(ids);
    return ids.size() - std::ranges::unique(ids).size();
}

bool Walk::in_time(const Recorded& recorded) const {
    return !wanted_.since || recorded.at >= *wanted_.since;
}

Walk::OfCall& Walk::call_of(const Recorded& recorded) {
    const auto [place, is_new] = calls_.try_emplace(std::string(recorded.stream));
    OfCall& call = place->second;
    if (is_new && (wanted_.session.empty() || wanted_.session == recorded.stream)) {
        call.state.emplace();
        call.state->id = recorded.stream;
    }
    return call;
}

void Walk::take(const Recorded& recorded) {
    if (contract::stream_kind(recorded.stream) != contract::StreamKind::call) return;
    OfCall& call = call_of(recorded);
    if (recorded.event == nullptr) {
        call.lost = true;
        counts_.lost(recorded.at, call.account_id);
        const bool asked_for = wanted_.session.empty() || wanted_.session == recorded.stream;
        if (asked_for && in_time(recorded)) ++erased_;
        return;
    }
    const contract::Event& event = *recorded.event;
    if (event.type() == EventType::call_created) {
        call.account_id = event.text(field::call_created::account_id);
        call.owner_id = event.text(field::call_created::owner_id);
    }
    if (event.type() == EventType::orchestration_action_accepted) {
        namespace f = field::orchestration_action_accepted;
        // What repeats another counts as little as what was rejected.
        if (!event.has(f::duplicate_of) && event.has(f::action_type))
            counts_.take(recorded.at, {.account_id = call.account_id,
                                       .owner_id = call.owner_id,
                                       .action_type = event.text(f::action_type),
                                       .session_id = recorded.stream,
                                       .action_id = event.text(f::action_id)});
    }
    if (call.state) fold(call, recorded);
}

// Each judgement is looked at before its own event is taken in: it was made on what was before.
void Walk::fold(OfCall& call, const Recorded& recorded) {
    const contract::Event& event = *recorded.event;
    if (event.type() == EventType::safety_evaluated) judged(call, recorded);
    if (event.type() == EventType::orchestration_action_started) began(call, recorded);
    if (event.type() == EventType::safety_confirmation_requested) asked_whom(call, event);
    const auto about = event.find_text("actionId");
    const call::Action* action = about ? call.state->action(*about) : nullptr;
    const bool waited = action != nullptr && action->evaluations == 0 &&
                        action->state == call::ActionState::evaluating;
    call::apply(*call.state, event, recorded.actor_id, recorded.seq);
    if (waited)
        if (action = call.state->action(*about); action != nullptr && action->is_over())
            over_unjudged(*action, recorded);
    if (!call.state->over() || call.state->has_work()) return;
    call.state.reset();
    call.last.clear();
}

}  // namespace lifeline::whatif
