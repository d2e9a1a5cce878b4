#include "agent/conversation.h"

#include <algorithm>
#include <cctype>

#include "contract/json.h"

namespace lifeline::agent {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

// More than any model is shown; entries are let go from the oldest on.
constexpr std::size_t entries_max = 600;
// Turns that are over and still known, for what says something about them late.
constexpr std::size_t closed_turns_max = 64;
constexpr std::size_t documents_max = 64;
constexpr std::size_t shown_bytes_max = 64 * 1024;

std::string text_of(const Event& event, std::string_view name) {
    return std::string(event.find_text(name).value_or(""));
}

Speaker speaker_from(std::string_view word) {
    if (word == "agent") return Speaker::agent;
    return word == "operator" ? Speaker::operator_ : Speaker::user;
}

std::vector<std::string> texts_in(std::string_view json) {
    std::vector<std::string> texts;
    if (const auto list = contract::Json::parse(json))
        for (const auto& item : list->items())
            if (item.is_text()) texts.emplace_back(*item.as_text());
    return texts;
}

// Characters from `from` to `to`, counted as Unicode does, become one sign.
std::string without(std::string_view text, std::size_t from, std::size_t to) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t size = 1;
        while (i + size < text.size() &&
               (static_cast<unsigned char>(text[i + size]) & 0xC0) == 0x80)
            ++size;
        if (at < from || at >= to) {
            out += text.substr(i, size);
        } else if (at == from) {
            out += "[redacted]";
        }
        ++at;
        i += size;
    }
    return out;
}

bool letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool same_letters(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    });
}

// "Coach, what next?", "@coach what next?"
bool speaks_to(std::string_view text, std::string_view name) {
    if (name.empty()) return false;
    const auto word_at = [&](std::size_t at) {
        return at + name.size() <= text.size() &&
               same_letters(text.substr(at, name.size()), name) &&
               (at + name.size() == text.size() || !letter(text[at + name.size()]));
    };
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '@' && word_at(i + 1)) return true;
    if (!word_at(0)) return false;
    return name.size() < text.size() && (text[name.size()] == ',' || text[name.size()] == ':');
}

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
        take_call(event, recorded_at);
    }
    let_go();
}

void Conversation::take_call(const Event& event, WallTime at) {
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
            mode_changed(event);
            break;
        case EventType::orchestration_deliverable_updated: {
            const std::string id = text_of(event, "documentId");
            if (!documents_.contains(id) && documents_.size() >= documents_max) break;
            DocumentRecord& document = documents_[id];
            document.id = id;
            document.kind = text_of(event, "kind");
            document.rev = event.integer(field::orchestration_deliverable_updated::rev);
            document.by = text_of(event, "by");
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

void Conversation::mode_changed(const Event& event) {
    namespace f = field::orchestration_mode_changed;
    mode_rev_ = std::max(mode_rev_, event.integer(f::rev));
    const std::string mode = text_of(event, "mode");
    if (text_of(event, "state") == "deactivated") {
        if (mode_ == mode) mode_.clear();
        mode_context_.clear();
        return;
    }
    mode_ = mode;
    mode_context_ = event.has(f::context) ? std::string(event.raw(f::context)) : std::string();
}

Utterance& Conversation::said(std::string_view id, std::string_view actor_id) {
    const std::string key(id);
    if (const auto known = utterances_.find(key); known != utterances_.end())
        return known->second->utterance;
    Entry entry;
    entry.kind = Kind::utterance;
    entry.utterance.id = key;
    entry.utterance.participant_id = actor_id;
    entry.utterance.seq = seq_;
    entries_.push_back(std::move(entry));
    utterances_.emplace(key, std::prev(entries_.end()));
    return entries_.back().utterance;
}

void Conversation::take_transcript(const Event& event, std::string_view actor_id, WallTime at) {
    const std::string id = text_of(event, "utteranceId");
    if (id.empty()) return;
    const bool begins = event.type() == EventType::transcript_utterance_started ||
                        event.type() == EventType::transcript_partial ||
                        event.type() == EventType::transcript_final;
    if (!begins && !utterances_.contains(id)) return;
    Utterance& utterance = said(id, actor_id);
    if (begins) {
        utterance.last_at = at;
        utterance.last_seq = seq_;
    }
    if (const auto speaker = event.find_text("speaker")) utterance.speaker = speaker_from(*speaker);
    if (const auto who = event.find_text("participantId")) utterance.participant_id = *who;
    switch (event.type()) {
        case EventType::transcript_utterance_started:
            utterance.begun = true;
            utterance.turn_id = text_of(event, "turnId");
            break;
        case EventType::transcript_partial:
            utterance.begun = true;
            if (!utterance.is_final && !utterance.is_cut) utterance.text = text_of(event, "text");
            break;
        case EventType::transcript_final:
            // What was cut off keeps what was heard of it, whatever comes after.
            if (!utterance.is_cut) utterance.text = text_of(event, "text");
            utterance.is_final = utterance.is_over = true;
            if (utterance.speaker != Speaker::agent) addressed(utterance);
            break;
        case EventType::transcript_truncated:
            utterance.text = text_of(event, "heardText");
            utterance.is_cut = utterance.is_over = true;
            break;
        case EventType::transcript_corrected:
            utterance.text = text_of(event, "text");
            break;
        case EventType::transcript_redacted: {
            const auto spans = contract::Json::parse(event.raw(field::transcript_redacted::spans));
            if (!spans) break;
            auto list = spans->items();
            // From the end on, so that what is left keeps its places.
            std::ranges::sort(list, std::greater{}, [](const contract::Json& span) {
                return span.find("from")->as_integer().value_or(0);
            });
            for (const auto& span : list)
                utterance.text =
                    without(utterance.text,
                            static_cast<std::size_t>(span.find("from")->as_integer().value_or(0)),
                            static_cast<std::size_t>(span.find("to")->as_integer().value_or(0)));
            break;
        }
        case EventType::transcript_failed:
            utterance.is_over = true;
            break;
        default:
            break;
    }
}

// A name at the beginning, or after an @, says who is meant.
void Conversation::addressed(const Utterance& utterance) {
    for (const ParticipantRecord& one : participants_)
        if (one.role == "agent" && !one.removed &&
            (speaks_to(utterance.text, one.name) || speaks_to(utterance.text, one.id)))
            floor_agent_ = one.id;
}

void Conversation::take_turn(const Event& event, std::string_view actor_id, WallTime at) {
    if (event.type() == EventType::orchestration_turn_started) return started(event, actor_id, at);
    const auto known = turns_.find(text_of(event, "turnId"));
    if (known == turns_.end()) return;
    switch (event.type()) {
        case EventType::orchestration_turn_completed:
            return ended(known->second, TurnRecord::State::completed, "", at);
        case EventType::orchestration_turn_failed:
            return ended(known->second, TurnRecord::State::failed, text_of(event, "code"), at);
        case EventType::orchestration_turn_cancelled:
            return ended(known->second, TurnRecord::State::cancelled, text_of(event, "cause"), at);
        case EventType::orchestration_turn_delta:
            if (known->second.agent_id == agent_id_ && known->second.shown.size() < shown_bytes_max)
                known->second.shown += text_of(event, "deltaText");
            return;
        default:
            return;
    }
}

void Conversation::started(const Event& event, std::string_view actor_id, WallTime at) {
    TurnRecord turn;
    turn.id = text_of(event, "turnId");
    turn.agent_id = actor_id;
    turn.inputs = texts_in(event.raw(field::orchestration_turn_started::input_utterance_ids));
    turn.began = at;
    turn.seq = seq_;
    if (event.has(field::orchestration_turn_started::attempt))
        turn.attempt = static_cast<int>(event.integer(field::orchestration_turn_started::attempt));
    if (actor_id == agent_id_) {
        ++turns_begun_;
        turns_alone_ = turn.inputs.empty() ? turns_alone_ + 1 : 0;
        for (const std::string& id : turn.inputs)
            if (const auto known = utterances_.find(id); known != utterances_.end())
                ++known->second->utterance.attempts;
        // A turn that answers nobody tells what became of actions.
        for (Entry& entry : entries_)
            if (turn.inputs.empty() && entry.kind == Kind::action &&
                entry.action.requester == agent_id_ && entry.action.is_over() && !entry.action.told)
                ++entry.action.attempts;
    }
    turns_[turn.id] = std::move(turn);
    if (turns_.size() <= closed_turns_max) return;
    auto oldest = turns_.end();
    for (auto one = turns_.begin(); one != turns_.end(); ++one)
        if (one->second.state != TurnRecord::State::open &&
            (oldest == turns_.end() || one->second.seq < oldest->second.seq))
            oldest = one;
    if (oldest != turns_.end()) turns_.erase(oldest);
}

// What was to be answered is answered, but for a turn that died with its server, and for one that
// was talked over: if the person then says nothing after all, they still wait. Who stopped it on
// purpose does not.
void Conversation::ended(TurnRecord& turn, TurnRecord::State state, std::string_view why,
                         WallTime at) {
    if (turn.state != TurnRecord::State::open) return;
    turn.state = state;
    turn.why = why;
    const bool again =
        (state == TurnRecord::State::failed && why == "restarted") ||
        (state == TurnRecord::State::cancelled && why != "session_end" && !turn.stopped);
    for (const std::string& id : turn.inputs)
        if (const auto known = utterances_.find(id); known != utterances_.end() && !again)
            known->second->utterance.answered = true;
    if (turn.agent_id != agent_id_) return;
    if (state == TurnRecord::State::completed) failures_in_a_row_ = 0;
    if (state == TurnRecord::State::failed && why != "restarted") {
        ++failures_in_a_row_;
        failed_at_ = at;
    }
}

ActionRecord* Conversation::find_action(std::string_view id) {
    const auto known = actions_.find(std::string(id));
    return known == actions_.end() ? nullptr : &known->second->action;
}

void Conversation::over(ActionRecord& action, std::string_view outcome, std::string detail,
                        WallTime at) {
    action.state = ActionRecord::State::over;
    action.outcome = outcome;
    action.detail = std::move(detail);
    action.over_seq = seq_;
    action.over_at = at;
    // What was found out later about an unknown outcome is news again.
    if (action.told && outcome != "unknown") action.told = false;
}

void Conversation::take_action(const Event& event, std::string_view actor_id, WallTime at) {
    const std::string id = text_of(event, "actionId");
    if (event.type() == EventType::orchestration_action_requested) {
        namespace f = field::orchestration_action_requested;
        Entry entry;
        entry.kind = Kind::action;
        entry.action.id = id;
        entry.action.type = text_of(event, "actionType");
        entry.action.summary = text_of(event, "summary");
        if (event.has(f::args)) entry.action.args_json = event.raw(f::args);
        entry.action.requester = actor_id;
        entry.action.seq = seq_;
        if (event.has(f::requested_by))
            if (const auto by = contract::Json::parse(event.raw(f::requested_by)))
                entry.action.turn_id = by->text("turnId").value_or("");
        entries_.push_back(std::move(entry));
        actions_[id] = std::prev(entries_.end());
        return;
    }
    ActionRecord* action = find_action(id);
    if (action == nullptr) return;
    using State = ActionRecord::State;
    switch (event.type()) {
        case EventType::orchestration_action_accepted:
            action->duplicate_of = text_of(event, "duplicateOf");
            if (const ActionRecord* first = find_action(action->duplicate_of);
                first != nullptr && first->is_over()) {
                over(*action, first->outcome, first->detail, at);
                action->result_json = first->result_json;
            }
            break;
        case EventType::orchestration_action_rejected:
            over(*action, "rejected", text_of(event, "code") + ": " + text_of(event, "message"),
                 at);
            break;
        case EventType::orchestration_action_awaiting_confirmation:
            action->state = State::waiting;
            action->confirmation_id = text_of(event, "confirmationId");
            break;
        case EventType::orchestration_action_args_replaced:
            action->args_json = event.raw(field::orchestration_action_args_replaced::args);
            break;
        case EventType::orchestration_action_approved:
        case EventType::orchestration_action_started:
            action->state = State::running;
            break;
        case EventType::orchestration_action_succeeded: {
            namespace f = field::orchestration_action_succeeded;
            over(*action, "succeeded", text_of(event, "resultSummary"), at);
            if (event.has(f::result)) action->result_json = event.raw(f::result);
            break;
        }
        case EventType::orchestration_action_failed:
            over(*action, "failed", text_of(event, "code") + ": " + text_of(event, "message"), at);
            break;
        case EventType::orchestration_action_timed_out:
            over(*action, "timed_out", "", at);
            break;
        case EventType::orchestration_action_cancelled: {
            const std::string cause = text_of(event, "cause");
            const bool said_so = cause == "denied" || cause == "expired";
            over(*action, said_so ? cause : "cancelled", said_so ? "" : cause, at);
            break;
        }
        case EventType::orchestration_action_outcome_unknown:
            over(*action, "unknown", text_of(event, "lastKnown"), at);
            break;
        case EventType::orchestration_action_resolved: {
            const std::string how = text_of(event, "resolution");
            over(*action, how == "succeeded" ? "succeeded" : "failed",
                 how + ": " + text_of(event, "evidence"), at);
            break;
        }
        case EventType::safety_blocked:
            over(*action, "blocked",
                 text_of(event, "reason") + ": " + text_of(event, "userMessage"), at);
            break;
        case EventType::orchestration_result_delivered:
            if (text_of(event, "target") == "model") action->told = true;
            break;
        default:
            break;
    }
    if (!action->is_over()) return;
    // A document that this action made has the title that it was asked to have.
    if (action->type == "document.create" && action->outcome == "succeeded") {
        const auto result = contract::Json::parse(action->result_json);
        const auto args = contract::Json::parse(action->args_json);
        if (result && args && documents_.size() < documents_max) {
            const auto document_id = result->text("documentId");
            if (document_id) {
                DocumentRecord& document = documents_[std::string(*document_id)];
                document.id = *document_id;
                document.title = args->text("title").value_or("");
                if (document.kind.empty()) document.kind = args->text("kind").value_or("");
            }
        }
    }
    // Those that stand for the same have the same end.
    for (Entry& entry : entries_)
        if (entry.kind == Kind::action && entry.action.duplicate_of == action->id &&
            !entry.action.is_over()) {
            over(entry.action, action->outcome, action->detail, at);
            entry.action.result_json = action->result_json;
        }
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
