#include "rerun/turns.h"

#include <algorithm>

#include "agent/prompt.h"
#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::rerun {

namespace {

using contract::EventType;
namespace field = contract::field;

// As much of a call that another continues as a seat is given (agent/call_before.cpp).
constexpr std::size_t before_messages_max = 30;
constexpr std::size_t before_bytes_max = 16 * 1024;

bool answered(const agent::ActionRecord& action) {
    return action.is_over() || action.state == agent::ActionRecord::State::waiting;
}

std::string turn_of(const contract::Event& event) {
    namespace f = field::orchestration_action_requested;
    if (!event.has(f::requested_by)) return {};
    const auto by = contract::Json::parse(event.raw(f::requested_by));
    return by ? std::string(by->text("turnId").value_or("")) : std::string();
}

}  // namespace

Turns::Turns(whatif::Walk::Wanted wanted, std::size_t most, const agent::AgentSettings& settings)
    : wanted_(std::move(wanted)), most_(most), settings_(settings) {}

void Turns::choose(const whatif::Recorded& recorded) {
    if (recorded.event == nullptr) return;
    const contract::Event& event = *recorded.event;
    const std::string stream(recorded.stream);
    if (event.type() == EventType::call_created) {
        if (event.has(field::call_created::continues))
            continues_[stream] = event.text(field::call_created::continues);
        return;
    }
    if (event.type() != EventType::orchestration_turn_started) return;
    if (!wanted_.session.empty() && wanted_.session != stream) return;
    if (wanted_.since && recorded.at < *wanted_.since) return;
    if (chosen_.size() >= most_) {
        ++left_out_;
        return;
    }
    chosen_.emplace(stream, recorded.seq);
    agents_[stream].emplace(recorded.actor_id);
}

// Of a call that another continues, what its agent saw of it is needed, too.
void Turns::prepare() {
    if (std::exchange(prepared_, true)) return;
    for (const auto& [stream, before] : continues_)
        if (const auto agents = agents_.find(stream); agents != agents_.end())
            agents_[before].insert(agents->second.begin(), agents->second.end());
}

bool Turns::is_chosen(const whatif::Recorded& recorded) const {
    return chosen_.contains({std::string(recorded.stream), recorded.seq});
}

agent::Conversation& Turns::conversation_of(const Seat& seat) {
    auto& known = conversations_[seat];
    if (!known) known = std::make_unique<agent::Conversation>(seat.first, seat.second);
    return *known;
}

void Turns::take(const whatif::Recorded& recorded) {
    prepare();
    const auto agents = agents_.find(recorded.stream);
    if (agents == agents_.end()) return;
    for (const std::string& agent : agents->second) {
        agent::Conversation& conversation = conversation_of({std::string(recorded.stream), agent});
        if (recorded.event == nullptr)
            conversation.take_erased(recorded.seq);
        else
            conversation.take(*recorded.event, recorded.actor_id, recorded.seq, recorded.at);
    }
    for (RecordedTurn& turn : open_)
        if (turn.session_id == recorded.stream) goes_on(turn, recorded);
    if (recorded.event == nullptr) {
        lost_.emplace(recorded.stream);
        return;
    }
    const contract::Event& event = *recorded.event;
    switch (event.type()) {
        case EventType::orchestration_turn_started:
            return began(recorded);
        case EventType::orchestration_turn_completed: {
            namespace f = field::orchestration_turn_completed;
            return ended(std::string(event.text(f::turn_id)), "completed",
                         std::string(event.text(f::text)), {});
        }
        case EventType::orchestration_turn_failed: {
            namespace f = field::orchestration_turn_failed;
            return ended(std::string(event.text(f::turn_id)), "failed", {},
                         std::string(event.text(f::code)));
        }
        case EventType::orchestration_turn_cancelled: {
            namespace f = field::orchestration_turn_cancelled;
            return ended(std::string(event.text(f::turn_id)), "cancelled", {},
                         std::string(event.text(f::cause)));
        }
        default:
            return;
    }
}

void Turns::began(const whatif::Recorded& recorded) {
    if (!is_chosen(recorded)) return;
    namespace f = field::orchestration_turn_started;
    const Seat seat{std::string(recorded.stream), std::string(recorded.actor_id)};
    RecordedTurn turn{.session_id = seat.first,
                      .turn_id = std::string(recorded.event->text(f::turn_id)),
                      .agent_id = seat.second,
                      .orchestrator = std::string(recorded.event->text(f::orchestrator)),
                      .seq = recorded.seq,
                      .at = recorded.at,
                      .lost = lost_.contains(recorded.stream)};
    turn.prompt = prompt_of(seat, turn.turn_id);
    open_.push_back(std::move(turn));
}

agent::Prompt Turns::prompt_of(const Seat& seat, const std::string& turn_id) {
    const agent::Conversation& conversation = conversation_of(seat);
    const std::vector<agent::Round> no_rounds;
    std::vector<agent::Message> before;
    if (const auto known = continues_.find(seat.first); known != continues_.end())
        before = agent::tail_of(conversation_of({known->second, seat.second}), before_messages_max,
                                before_bytes_max);
    const agent::PromptParts seen{.conversation = conversation,
                                  .persona = settings_.persona,
                                  .running = turn_id,
                                  .rounds = no_rounds,
                                  .before = before,
                                  .window = settings_.window};
    agent::Prompt prompt;
    prompt.session_id = seat.first;
    prompt.agent_id = seat.second;
    prompt.owner_id = conversation.owner_id();
    prompt.account_id = conversation.account_id();
    prompt.turn_id = turn_id;
    prompt.system = agent::system_text(seen);
    prompt.messages = agent::messages_of(seen);
    return prompt;
}

// Which actions it asks for, and what its model is told of each while it runs.
void Turns::goes_on(RecordedTurn& turn, const whatif::Recorded& recorded) {
    if (recorded.event == nullptr) {
        turn.lost = true;
        return;
    }
    const contract::Event& event = *recorded.event;
    if (event.type() == EventType::orchestration_action_requested &&
        recorded.actor_id == turn.agent_id) {
        namespace f = field::orchestration_action_requested;
        const std::string of_turn = turn_of(event);
        if (!of_turn.empty() && of_turn != turn.turn_id) return;
        turn.calls.push_back({.action_id = std::string(event.text(f::action_id)),
                              .type = std::string(event.text(f::action_type)),
                              .args_json = event.has(f::args)
                                               ? contract::canonical_json(event.raw(f::args))
                                               : "{}"});
        return;
    }
    const agent::Conversation& conversation = conversation_of({turn.session_id, turn.agent_id});
    for (RecordedCall& call : turn.calls) {
        const agent::ActionRecord* action = conversation.action(call.action_id);
        if (call.answer.empty() && action != nullptr && answered(*action))
            call.answer = agent::outcome_text(*action, settings_.window.result_bytes);
    }
}

void Turns::answer_what_is_open(RecordedTurn& turn) {
    const agent::Conversation& conversation = conversation_of({turn.session_id, turn.agent_id});
    for (RecordedCall& call : turn.calls) {
        const agent::ActionRecord* action = conversation.action(call.action_id);
        if (call.answer.empty() && action != nullptr)
            call.answer = agent::outcome_text(*action, settings_.window.result_bytes);
    }
}

void Turns::ended(const std::string& turn_id, std::string state, std::string text,
                  std::string why) {
    const auto found = std::ranges::find(open_, turn_id, &RecordedTurn::turn_id);
    if (found == open_.end()) return;
    answer_what_is_open(*found);
    found->state = std::move(state);
    found->text = std::move(text);
    found->why = std::move(why);
    over_.push_back(std::move(*found));
    open_.erase(found);
}

std::vector<RecordedTurn> Turns::all() {
    for (RecordedTurn& turn : open_) {
        answer_what_is_open(turn);
        over_.push_back(std::move(turn));
    }
    open_.clear();
    return std::move(over_);
}

}  // namespace lifeline::rerun
