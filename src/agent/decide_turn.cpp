#include "agent/decide_turn.h"

#include <algorithm>

namespace lifeline::agent {

namespace {

using What = TurnDecision::What;

constexpr std::size_t inputs_max = 32;
constexpr Millis after_failure_max{300'000};

bool of_a_person(const Utterance& utterance) {
    return utterance.speaker != Speaker::agent;
}

bool blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Somebody said more since the turn began, or just before it did, when it was decided already.
bool talked_over(const Conversation& conversation, const TurnRecord& turn) {
    if (turn.stopped) return true;
    std::uint64_t newest_input = 0;
    for (const std::string& id : turn.inputs)
        if (const Utterance* input = conversation.utterance(id))
            newest_input = std::max(newest_input, input->seq);
    return std::ranges::any_of(conversation.entries(), [&](const auto& entry) {
        if (entry.kind != Conversation::Kind::utterance || !of_a_person(entry.utterance))
            return false;
        const Utterance& said = entry.utterance;
        if (said.is_final && blank(said.text)) return false;
        if (said.last_seq > turn.seq) return true;
        // A turn that only tells a result answers nobody: what waits may be another agent's.
        if (turn.inputs.empty()) return false;
        return said.is_final && !said.answered && said.attempts == 0 && said.seq > newest_input;
    });
}

// Until when somebody is still speaking, as far as one can tell; the past when nobody is.
WallTime spoken_until(const Conversation& conversation, const Pace& pace) {
    WallTime until{};
    if (conversation.user_speaks()) until = conversation.spoke_at() + pace.stale;
    if (conversation.user_has_floor())
        until = std::max(until, conversation.floor_at() + pace.floor_held);
    for (const auto& entry : conversation.entries())
        if (entry.kind == Conversation::Kind::utterance && of_a_person(entry.utterance) &&
            entry.utterance.begun && !entry.utterance.is_over)
            until = std::max(until, entry.utterance.last_at + pace.stale);
    return until;
}

Millis pause_after(const Pace& pace, int failures) {
    Millis pause = pace.after_failure;
    for (int i = 1; i < failures && pause < after_failure_max; ++i) pause *= 2;
    return std::min(pause, after_failure_max);
}

// What there is to answer and to tell, and from when on.
TurnDecision wanted(const Conversation& conversation, const Pace& pace) {
    TurnDecision turn{.what = What::begin};
    const bool floor_is_mine = conversation.answering_agent() == conversation.agent_id();
    for (const auto& entry : conversation.entries()) {
        if (entry.kind == Conversation::Kind::utterance) {
            const Utterance& said = entry.utterance;
            if (!floor_is_mine || !of_a_person(said) || !said.is_final || said.answered ||
                blank(said.text) || said.attempts >= pace.attempts_max)
                continue;
            turn.inputs.push_back(said.id);
            turn.until = std::max(turn.until, said.last_at + pace.debounce);
            turn.attempt = std::max(turn.attempt, said.attempts + 1);
        } else if (const ActionRecord& action = entry.action;
                   action.is_over() && !action.told &&
                   action.requester == conversation.agent_id() &&
                   action.attempts < pace.attempts_max) {
            turn.results.push_back(action.id);
        }
    }
    if (turn.inputs.size() > inputs_max)
        turn.inputs.erase(turn.inputs.begin(), turn.inputs.end() - inputs_max);
    if (!turn.inputs.empty()) return turn;
    if (turn.results.empty() || conversation.turns_alone() >= pace.alone_max) return {};
    for (const std::string& id : turn.results) {
        const ActionRecord& action = *conversation.action(id);
        turn.until = std::max(turn.until, action.over_at + pace.debounce);
        turn.attempt = std::max(turn.attempt, action.attempts + 1);
    }
    if (const int failures = conversation.failures_in_a_row(); failures > 0)
        turn.until = std::max(turn.until, conversation.failed_at() + pause_after(pace, failures));
    return turn;
}

}  // namespace

TurnDecision decide_turn(const Conversation& conversation, const Pace& pace, WallTime now,
                         std::string_view running) {
    if (conversation.is_over() || !conversation.takes_part()) return {.what = What::leave};
    if (!conversation.is_open()) return {};
    if (const TurnRecord* open = conversation.open_turn()) {
        if (open->id != running) return {.what = What::recover, .turn_id = open->id};
        if (talked_over(conversation, *open)) return {.what = What::barge_in, .turn_id = open->id};
        return {};
    }
    if (!running.empty()) return {};  // Its beginning or its end is on its way here.
    TurnDecision turn = wanted(conversation, pace);
    if (turn.what != What::begin) return turn;
    const WallTime from = std::max(turn.until, spoken_until(conversation, pace));
    if (now < from) return {.what = What::wait, .until = from};
    turn.until = {};
    return turn;
}

}  // namespace lifeline::agent
