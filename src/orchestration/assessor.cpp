#include "orchestration/assessor.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "call/action_events.h"
#include "contract/json_writer.h"

namespace lifeline::orchestration {

namespace {

constexpr std::size_t asked_max = 4096;

// What an engine is told; `counts` is added once they are known.
std::string input_of(const call::State& state, const call::Action& action) {
    const call::Participant* requester = state.participant(action.requester);
    contract::JsonWriter json;
    json.object();
    json.key("actionId").value(action.id);
    json.key("actionType").value(action.type);
    json.key("summary").value(action.summary);
    json.key("risk").value(contract::to_text(action.risk));
    json.key("args").raw(action.args_json);
    json.key("argsHash").value(action.args_hash);
    json.key("sessionId").value(state.id);
    json.key("accountId").value(state.account_id);
    json.key("ownerId").value(state.owner_id);
    json.key("requester").object();
    json.key("id").value(action.requester);
    json.key("role").value(
        contract::to_text(requester != nullptr ? requester->role : contract::Role::service));
    json.end();
    json.key("consents").object();
    for (const call::Consent& one : state.consents) json.key(one.subject).value(one.state);
    json.end();
    json.end();
    return json.take();
}

std::string with_counts(std::string input, const std::optional<call::DayCounts>& counts) {
    if (!counts) return input;
    contract::JsonWriter json;
    json.object();
    json.key("owner").value(counts->owner);
    json.key("account").value(counts->account);
    json.end();
    input.pop_back();
    return input + ",\"countsToday\":" + json.take() + "}";
}

}  // namespace

struct Assessor::Waiting {
    ToCount whose;
    std::string decision_id;
    std::string input_json;
    call::Needs needs;
    call::Facts facts;  // What is known already.
    WallTime until;
    SteadyTime began;
};

void Assessor::look(const std::string& session_id) {
    sessions_.look<std::vector<Waiting>>(
        session_id, home_,
        [](session::Actor& actor) -> Result<std::vector<Waiting>> {
            const call::State& state = actor.state();
            std::vector<Waiting> found;
            for (const call::Action& action : state.actions) {
                if (action.state != call::ActionState::evaluating) continue;
                found.push_back(
                    {.whose = {state.account_id, state.owner_id, action.type, state.id, action.id},
                     .decision_id = call::events::decision_id(action, action.evaluations + 1),
                     .input_json = input_of(state, action),
                     .needs = actor.judge().needs(action.type),
                     .facts = action.facts,
                     .until = action.evaluate_by.value_or(WallTime{}),
                     .began = {}});
            }
            return found;
        },
        [this, alive = alive_](Result<std::vector<Waiting>> found) {
            if (!*alive || !found) return;
            for (Waiting& waiting : *found) begin(std::move(waiting));
        });
}

void Assessor::begin(Waiting waiting) {
    if (asked_.size() >= asked_max) return;  // Its deadline says no.
    if (!asked_.emplace(waiting.whose.session_id, waiting.decision_id).second) return;
    waiting.began = home_.clock().steady();
    auto shared = std::make_shared<Waiting>(std::move(waiting));
    if (!shared->needs.counts || shared->facts.counts) return ask_engine(std::move(shared));
    count_(shared->whose, [this, alive = alive_, shared](Result<call::DayCounts> counts) {
        if (!*alive) return;
        if (counts) {
            shared->facts.counts = *counts;
            return ask_engine(shared);
        }
        log::warn("session={} action={} not counted reason={}", shared->whose.session_id,
                  shared->whose.action_id, counts.error().reason);
        asked_.erase({shared->whose.session_id, shared->decision_id});
    });
}

void Assessor::ask_engine(std::shared_ptr<Waiting> waiting) {
    if (!waiting->needs.engine || waiting->facts.engine) return bring(waiting);
    if (engine_ == nullptr) {
        waiting->facts.engine = call::EngineWord{};
        return bring(waiting);
    }
    const Millis left = std::max(waiting->until - home_.clock().wall(), Millis{1});
    engine_->ask(with_counts(waiting->input_json, waiting->facts.counts), left,
                 [this, alive = alive_, waiting](call::EngineWord word) {
                     if (!*alive) return;
                     waiting->facts.engine = std::move(word);
                     bring(waiting);
                 });
}

void Assessor::bring(const std::shared_ptr<Waiting>& waiting) {
    const auto took = std::chrono::duration_cast<Millis>(home_.clock().steady() - waiting->began);
    sessions_.submit(
        waiting->whose.session_id,
        {call::AssessAction{waiting->whose.action_id, waiting->decision_id, waiting->facts, took},
         {"server", "lifeline"},
         contract::Role::server},
        home_, [this, alive = alive_, waiting](const Result<session::Receipt>& receipt) {
            if (!*alive) return;
            asked_.erase({waiting->whose.session_id, waiting->decision_id});
            if (!receipt)
                log::debug("session={} action={} is not judged by that reason={}",
                           waiting->whose.session_id, waiting->whose.action_id,
                           receipt.error().reason);
        });
}

}  // namespace lifeline::orchestration
