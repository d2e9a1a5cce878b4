#include "call/state.h"

#include <algorithm>
#include <functional>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::call {

std::string_view to_text(Status status) {
    switch (status) {
        case Status::none:
            return "none";
        case Status::created:
            return "created";
        case Status::active:
            return "active";
        case Status::ended:
            return "ended";
        case Status::failed:
            break;
    }
    return "failed";
}

std::string_view to_text(Phase phase) {
    switch (phase) {
        case Phase::none:
            return "none";
        case Phase::connecting:
            return "connecting";
        case Phase::connected:
            return "connected";
        case Phase::held:
            return "held";
        case Phase::reconnecting:
            break;
    }
    return "reconnecting";
}

const Participant* State::participant(std::string_view participant_id) const {
    const auto found = std::ranges::find(participants, participant_id, &Participant::id);
    return found == participants.end() ? nullptr : &*found;
}

Participant* State::participant(std::string_view participant_id) {
    const auto found = std::ranges::find(participants, participant_id, &Participant::id);
    return found == participants.end() ? nullptr : &*found;
}

const Invite* State::invite(std::string_view invite_id) const {
    const auto found = std::ranges::find(invites, invite_id, &Invite::id);
    return found == invites.end() ? nullptr : &*found;
}

const Grant* State::grant(std::string_view grant_id) const {
    const auto found = std::ranges::find(grants, grant_id, &Grant::id);
    return found == grants.end() ? nullptr : &*found;
}

Grant* State::grant(std::string_view grant_id) {
    const auto found = std::ranges::find(grants, grant_id, &Grant::id);
    return found == grants.end() ? nullptr : &*found;
}

const OpenUtterance* State::open_utterance(std::string_view utterance_id) const {
    const auto found = std::ranges::find(open_utterances, utterance_id, &OpenUtterance::id);
    return found == open_utterances.end() ? nullptr : &*found;
}

const ClosedUtterance* State::closed_utterance(std::string_view utterance_id) const {
    const std::uint64_t hash = id_hash(utterance_id);
    // The latest are asked for most.
    const auto latest =
        std::find_if(closed_utterances.rbegin(), closed_utterances.rend(),
                     [&](const ClosedUtterance& closed) { return closed.id_hash == hash; });
    return latest == closed_utterances.rend() ? nullptr : &*latest;
}

const OpenTurn* State::open_turn(std::string_view turn_id) const {
    const auto found = std::ranges::find(open_turns, turn_id, &OpenTurn::id);
    return found == open_turns.end() ? nullptr : &*found;
}

bool State::turn_is_over(std::string_view turn_id) const {
    return std::find(closed_turns.rbegin(), closed_turns.rend(), id_hash(turn_id)) !=
           closed_turns.rend();
}

const Action* State::action(std::string_view action_id) const {
    const auto found = std::ranges::find(actions, action_id, &Action::id);
    return found == actions.end() ? nullptr : &*found;
}

Action* State::action(std::string_view action_id) {
    const auto found = std::ranges::find(actions, action_id, &Action::id);
    return found == actions.end() ? nullptr : &*found;
}

const Action* State::action_asking(std::string_view confirmation_id) const {
    const auto found = std::ranges::find_if(actions, [&](const Action& action) {
        return action.confirmation && action.confirmation->id == confirmation_id;
    });
    return found == actions.end() ? nullptr : &*found;
}

const ClosedConfirmation* State::closed_confirmation(std::string_view confirmation_id) const {
    const auto found =
        std::ranges::find(closed_confirmations, confirmation_id, &ClosedConfirmation::id);
    return found == closed_confirmations.end() ? nullptr : &*found;
}

const SharedDocument* State::document(std::string_view document_id) const {
    const auto found = std::ranges::find(documents, document_id, &SharedDocument::id);
    return found == documents.end() ? nullptr : &*found;
}

bool State::has_work() const {
    return std::ranges::any_of(actions, [](const Action& action) {
        return claimable(action) || action.state == ActionState::started;
    });
}

bool State::wants_runner() const {
    return std::ranges::any_of(actions, [](const Action& action) {
        return claimable(action) || action.state == ActionState::evaluating ||
               (action.state == ActionState::started && action.cancel_asked()) ||
               (action.state == ActionState::unknown && action.probe_at);
    });
}

bool State::held_by_provider() const {
    return !provider.empty() && provider != no_provider;
}

bool State::waits_for(const Participant& participant) const {
    if (participant.role != contract::Role::user || participant.removed) return false;
    const Participant* owner = this->participant(owner_id);
    const bool owner_came =
        owner != nullptr && owner->role == contract::Role::user && owner->joined;
    return !owner_came || &participant == owner;
}

bool State::somebody_is_here() const {
    return std::ranges::any_of(participants, [&](const Participant& participant) {
        return participant.connected && waits_for(participant);
    });
}

std::uint64_t id_hash(std::string_view id) {
    // FNV-1a and not std::hash: the fold must be the same in every build.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : id) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return hash;
}

std::uint64_t digest_beginning(std::string_view hex) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::uint64_t number = 0;
    for (const char c : hex.substr(0, 16)) number = number << 4U | (digits.find(c) & 0xFU);
    return number;
}

std::uint64_t text_digest(std::string_view text) {
    return digest_beginning(to_hex(sha256(text)));
}

}  // namespace lifeline::call
