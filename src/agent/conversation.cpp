#include "agent/conversation.h"

#include <algorithm>

#include "agent/event_text.h"
#include "contract/json.h"

namespace lifeline::agent {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

// More than any model is shown; entries are let go from the oldest on.
constexpr std::size_t entries_max = 600;
constexpr std::size_t documents_max = 64;

}  // namespace

void Conversation::take(const Event& event, std::string_view actor_id, std::uint64_t seq,
                        WallTime recorded_at) {
    seq_ = seq;
    const std::string_view type = event.type_name();
    if (type.starts_with("transcript.")) {
        take_transcript(event, actor_id, recorded_at);
    } else if (type.starts_with("orchestration.turn.")) {
        take_turn(event, actor_id, recorded_at);
    } else if (type.starts_with("orchestration.action.") || type == "safety.blocked" ||
               type == "orchestration.result.delivered") {
        take_action(event, actor_id, recorded_at);
    } else {
        take_call(event, actor_id, recorded_at);
    }
    let_go();
}

void Conversation::take_call(const Event& event, std::string_view actor_id, WallTime at) {
    switch (event.type()) {
        case EventType::call_created:
            owner_id_ = text_of(event, "ownerId");
            account_id_ = text_of(event, "accountId");
            continues_ = text_of(event, "continues");
            channel_ = text_of(event, "channel");
            is_open_ = true;
            break;
        case EventType::call_connected:
            connected_at_ = at;
            break;
        case EventType::call_participant_added:
        case EventType::call_participant_joined:
            participant(event, false);
            break;
        case EventType::call_participant_left:
            participant(event, true);
            break;
        case EventType::call_speech_changed: {
            const std::string who = text_of(event, "participantId");
            const bool speaking = event.flag(field::call_speech_changed::speaking);
            std::erase(speaking_, who);
            if (speaking && who != agent_id_) speaking_.push_back(who);
            spoke_at_ = at;
            break;
        }
        case EventType::call_turn_owner_changed:
            floor(event, at);
            break;
        case EventType::call_turn_interrupted:
            if (event.has(field::call_turn_interrupted::resumed) &&
                event.flag(field::call_turn_interrupted::resumed))
                break;
            if (const auto turn = turns_.find(text_of(event, "turnId")); turn != turns_.end()) {
                turn->second.stopped = true;
                turn->second.played =
                    Millis{event.integer(field::call_turn_interrupted::played_ms)};
            }
            break;
        case EventType::orchestration_agent_handoff:
            floor_agent_ = text_of(event, "to");
            break;
        case EventType::orchestration_mode_changed:
            mode_changed(event, actor_id);
            break;
        case EventType::billing_usage_reported:
            if (const auto turn = turns_.find(text_of(event, "turnId")); turn != turns_.end())
                ++turn->second.measured;
            break;
        case EventType::orchestration_deliverable_updated: {
            namespace f = field::orchestration_deliverable_updated;
            // What was taken away from the call is none of its agents' any more.
            if (event.has(f::unshared) && event.flag(f::unshared)) {
                documents_.erase(std::string(text_of(event, "documentId")));
                break;
            }
            DocumentRecord* shared = document(text_of(event, "documentId"));
            if (shared == nullptr) break;
            shared->kind = text_of(event, "kind");
            shared->rev = event.integer(f::rev);
            shared->by = text_of(event, "by");
            break;
        }
        case EventType::call_ended:
        case EventType::call_terminal_failure:
            is_open_ = false;
            is_over_ = true;
            break;
        default:
            break;
    }
}

// Null when there are too many.
DocumentRecord* Conversation::document(std::string_view id) {
    if (const auto known = documents_.find(id); known != documents_.end()) return &known->second;
    if (documents_.size() >= documents_max) return nullptr;
    DocumentRecord& added = documents_[std::string(id)];
    added.id = id;
    return &added;
}

void Conversation::participant(const Event& event, bool removed) {
    const std::string id = text_of(event, "participantId");
    auto known = std::ranges::find(participants_, id, &ParticipantRecord::id);
    if (known == participants_.end()) {
        participants_.push_back({.id = id});
        known = std::prev(participants_.end());
    }
    known->removed = removed;
    if (const std::string role = text_of(event, "role"); !role.empty()) known->role = role;
    if (event.type() != EventType::call_participant_added) return;
    namespace f = field::call_participant_added;
    if (!event.has(f::identity)) return;
    if (const auto identity = contract::Json::parse(event.raw(f::identity)))
        known->name = identity->text("displayName").value_or("");
}

void Conversation::floor(const Event& event, WallTime at) {
    user_has_floor_ = text_of(event, "owner") == "user";
    floor_at_ = at;
    if (const std::string agent = text_of(event, "agentId"); !agent.empty()) floor_agent_ = agent;
}

void Conversation::mode_changed(const Event& event, std::string_view actor_id) {
    namespace f = field::orchestration_mode_changed;
    mode_rev_ = std::max(mode_rev_, event.integer(f::rev));
    const std::string mode = text_of(event, "mode");
    if (text_of(event, "state") == "deactivated") {
        if (mode_ != mode) return;
        mode_.clear();
        mode_context_.clear();
        mode_by_.clear();
        return;
    }
    mode_ = mode;
    mode_by_ = actor_id;
    mode_context_ = event.has(f::context) ? std::string(event.raw(f::context)) : std::string();
}

// The oldest go first, but never what is still open.
void Conversation::let_go() {
    while (entries_.size() > entries_max) {
        const Entry& oldest = entries_.front();
        if (oldest.kind == Kind::utterance) {
            utterances_.erase(oldest.utterance.id);
        } else {
            if (!oldest.action.is_over()) {
                entries_.splice(entries_.end(), entries_, entries_.begin());
                continue;
            }
            actions_.erase(oldest.action.id);
        }
        entries_.pop_front();
        ++dropped_;
    }
}

bool Conversation::takes_part() const {
    const auto me = std::ranges::find(participants_, agent_id_, &ParticipantRecord::id);
    return me != participants_.end() && me->role == "agent" && !me->removed;
}

const Utterance* Conversation::utterance(std::string_view id) const {
    const auto known = utterances_.find(std::string(id));
    return known == utterances_.end() ? nullptr : &known->second->utterance;
}

const ActionRecord* Conversation::action(std::string_view id) const {
    const auto known = actions_.find(std::string(id));
    return known == actions_.end() ? nullptr : &known->second->action;
}

const TurnRecord* Conversation::turn(std::string_view id) const {
    const auto known = turns_.find(id);
    return known == turns_.end() ? nullptr : &known->second;
}

const TurnRecord* Conversation::open_turn() const {
    for (const auto& [id, turn] : turns_)
        if (turn.state == TurnRecord::State::open && turn.agent_id == agent_id_) return &turn;
    return nullptr;
}

std::string_view Conversation::name_of(std::string_view participant_id) const {
    const auto known = std::ranges::find(participants_, participant_id, &ParticipantRecord::id);
    return known == participants_.end() ? std::string_view() : std::string_view(known->name);
}

std::string Conversation::answering_agent() const {
    std::string first;
    for (const ParticipantRecord& one : participants_) {
        if (one.role != "agent" || one.removed) continue;
        // A handoff may name the persona instead of the participant.
        if (!floor_agent_.empty() && (one.id == floor_agent_ || one.name == floor_agent_))
            return one.id;
        if (first.empty()) first = one.id;
    }
    return first;
}

}  // namespace lifeline::agent
