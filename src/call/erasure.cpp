#include "call/apply_parts.h"
#include "call/rules.h"
#include "contract/json.h"

// What a call knows of it when contents of its events were destroyed.
namespace lifeline::call {

namespace {

using contract::EventType;
namespace field = contract::field;

void restore_participants(State& state, const contract::Json& kept) {
    const auto participants = kept.find("participants");
    if (!participants) return;
    for (const auto& one : participants->items()) {
        const std::string id(one.text("userId").value_or(""));
        const auto role = contract::role_from(one.text("role").value_or(""));
        if (id.empty() || !role) continue;
        Participant* known = state.participant(id);
        if (known == nullptr) {
            known = &state.participants.emplace_back();
            known->id = id;
        }
        known->role = *role;
    }
}

}  // namespace

Result<Decision> rules::record_erased(const State& state, const RecordErased& command) {
    if (state.open())
        return fail(Code::conflict, "erasure_needs_end", "the call is not over: end it first");
    return Decision{{{command.event_id, EventType::record_erased, command.payload_json}}};
}

// The call's frame may have been erased with what stood beside it: what has to be known of it is
// in the record of the erasure, which comes before that.
void folds::of_erasure(State& state, const contract::Event& event) {
    if (!event.has(field::record_erased::kept)) return;
    const auto kept = contract::Json::parse(event.raw(field::record_erased::kept));
    if (!kept) return;
    const auto text = [&](std::string_view name) {
        return std::string(kept->text(name).value_or(""));
    };
    if (state.owner_id.empty()) {
        state.owner_id = text("ownerId");
        state.account_id = text("accountId");
        state.channel = text("channel");
        state.created_at = parse_rfc3339(text("createdAt")).value_or(WallTime{});
    }
    if (!state.over() && !text("outcome").empty()) {
        state.status = text("outcome") == "failed" ? Status::failed : Status::ended;
        state.phase = Phase::none;
        state.outage.reset();
        state.over_at = parse_rfc3339(text("endedAt"));
    }
    restore_participants(state, *kept);
}

}  // namespace lifeline::call
