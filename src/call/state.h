#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "call/action.h"
#include "call/judge.h"
#include "contract/event.h"
#include "contract/role.h"

namespace lifeline::call {

// What a call is, for those who ask: created -> active -> ended | failed. `none` is a stream that
// has no event yet.
enum class Status : std::uint8_t { none, created, active, ended, failed };
// Refines `active`.
enum class Phase : std::uint8_t { none, connecting, connected, held, reconnecting };

// The word in call.started for a call that no media provider carries.
constexpr std::string_view no_provider = "none";

std::string_view to_text(Status status);
std::string_view to_text(Phase phase);

struct Participant {
    std::string id;  // The userId: a person is in a call once, under one role.
    contract::Role role = contract::Role::user;
    std::string name;
    bool joined = false;            // Has been here; false while only asked to come.
    bool removed = false;           // May not come back, unless added again.
    bool connected = false;         // Has a socket, as far as the journal knows.
    bool recording_agreed = false;  // Their consent to recording stands.
    // How often each of these was recorded; they make the server's event ids, which a restart must
    // repeat.
    std::uint32_t additions = 0;
    std::uint32_t joins = 0;
    std::uint32_t line_changes = 0;
};

struct Invite {
    std::string id;
    contract::Role role = contract::Role::user;
    std::int64_t uses = 1;
    std::int64_t uses_left = 0;
    WallTime expires_at;
    Millis lives{0};  // As it was asked for; 0 where that was not recorded.
    bool revoked = false;
};

// An utterance that was begun and is not over.
struct OpenUtterance {
    std::string id;
    std::string starter;
    std::int64_t rev = -1;  // Of the last partial; -1 before the first.
    // Of its transcript.utterance.started; 0 and empty where there was none.
    std::uint64_t began = 0;
    std::int64_t start_ms = 0;
    std::string participant = {};
};

// The last thing that was said on the agent's side, if that was reading a question back: what the
// person says next may be the answer to it.
struct ReadBack {
    std::string confirmation_id;
    std::string utterance_id;
    std::uint64_t seq = 0;    // Of its final text.
    std::int64_t end_ms = 0;  // When it had been spoken.
};

// What is allowed without asking, within bounds: by the owner, for this call.
struct Grant {
    std::string id;
    std::string action_type;
    std::string constraint_json;  // Canonical: JSON pointers and the values that must stand there.
    std::int64_t uses_max = 0;
    std::int64_t uses = 0;
    WallTime expires_at;
    std::string by;
    bool revoked = false;
};

// One that is over: it has its final text, was cut off or could not be understood. There may be
// very many in a call, so it is no more than who may still say what of it was heard, and which text
// a correction replaces.
struct ClosedUtterance {
    std::uint64_t id_hash = 0;
    std::uint64_t text_digest = 0;  // Of its text as it stands; 0 where it has none.
    std::uint32_t starter = 0;      // Its place in State::starters.
    friend bool operator==(const ClosedUtterance&, const ClosedUtterance&) = default;
};

// An agent's turn that was started and is not over.
struct OpenTurn {
    std::string id;
    std::string starter;
    WallTime since;
};

// Since when nobody has been connected for whom the call waits.
struct Outage {
    std::uint32_t attempt = 1;  // Which of this call.
    WallTime since;
    std::optional<WallTime> deadline;  // When the call fails; none while that was not said.
    Phase before = Phase::connected;   // What the call goes back to.
};

// A document that is shared with the call, as far as the call was told.
struct SharedDocument {
    std::string id;
    std::string kind;
    std::string title;
    std::uint64_t rev = 0;
};

// What the call is about, in the application's words, as an agent said.
struct Mode {
    std::string name = {};
    bool active = true;
    std::int64_t rev = 0;
    std::string reason = {};
    std::string context_json = {};  // May be empty.
};

// What a media provider calls things; set when the call becomes active, immutable after.
struct ProviderIds {
    std::string room_id;
    std::string call_id;
    std::string participant_id;
    friend bool operator==(const ProviderIds&, const ProviderIds&) = default;
};

// The fold of one call's events and nothing else: the same events give the same state, byte for
// byte. `decide` reads it, `apply` is the only thing that changes it.
struct State {
    std::string id;
    std::string owner_id;
    std::string account_id;
    std::string channel;
    std::string direction;
    std::string provider;
    std::string correlation_id;
    std::string metadata_json;
    std::string config_json;
    std::string request_digest;  // Of what was asked for; empty where that was not recorded.
    std::string continues;
    bool recording_consent_required = false;  // Words of a person are kept only with theirs.
    ProviderIds provider_ids;

    std::uint64_t head = 0;  // The last event that was taken in.

    Status status = Status::none;
    Phase phase = Phase::none;
    std::vector<Participant> participants;
    std::vector<Invite> invites;

    std::vector<OpenUtterance> open_utterances;
    std::vector<ClosedUtterance> closed_utterances;
    std::vector<std::string> starters;  // Of closed utterances, each once.
    std::vector<OpenTurn> open_turns;
    std::vector<std::uint64_t> closed_turns;  // Hashes of their ids.

    std::vector<Action> actions;  // In the order of their requests; see action.h.
    std::vector<ClosedConfirmation> closed_confirmations;
    std::vector<Consent> consents;
    std::vector<Grant> grants;
    std::optional<ReadBack> read_back;
    bool killed = false;    // Nothing acts in this call until that is taken back.
    std::string killed_by;  // Who switched last.
    std::uint32_t killswitch_changes = 0;

    std::vector<SharedDocument> documents;  // In the order in which they came.
    std::uint32_t document_changes = 0;
    std::vector<Mode> modes;  // In the order in which they came.

    WallTime created_at;
    std::optional<WallTime> started_at;
    std::optional<WallTime> connected_at;
    std::optional<WallTime> over_at;
    std::optional<WallTime> spoke_at;  // Last, by a request, somebody for whom the call waits.
    std::optional<Outage> outage;
    std::uint32_t outages = 0;  // So far, this one included.
    std::string end_reason;     // endReason of call.ended, code of call.terminal_failure
    std::string terminal_json;  // The event that ended the call, for whoever comes after.

    Millis connect_timeout{0};
    Millis max_duration{0};
    Millis reconnect_window{0};
    bool duration_warned = false;
    std::uint32_t hold_changes = 0;

    bool open() const { return status == Status::created || status == Status::active; }
    bool over() const { return status == Status::ended || status == Status::failed; }
    // Null when this id was never in the call.
    const Participant* participant(std::string_view participant_id) const;
    Participant* participant(std::string_view participant_id);
    const Invite* invite(std::string_view invite_id) const;
    const Grant* grant(std::string_view grant_id) const;
    Grant* grant(std::string_view grant_id);
    // Null when it was not begun, or is over.
    const OpenUtterance* open_utterance(std::string_view utterance_id) const;
    // Null when it is not over, or unknown.
    const ClosedUtterance* closed_utterance(std::string_view utterance_id) const;
    // Null when it was not started, or is over.
    const OpenTurn* open_turn(std::string_view turn_id) const;
    bool turn_is_over(std::string_view turn_id) const;
    // Null when it was never requested here.
    const Action* action(std::string_view action_id) const;
    Action* action(std::string_view action_id);
    // The one whose confirmation is open under this id; null when there is none.
    const Action* action_asking(std::string_view confirmation_id) const;
    const ClosedConfirmation* closed_confirmation(std::string_view confirmation_id) const;
    // Null when it is not shared with the call.
    const SharedDocument* document(std::string_view document_id) const;
    // Something is going on out there, or may begin: also after the call's end.
    bool has_work() const;
    // A runner has something to do here: to claim, to call off, to find out for a judgement, or to
    // ask what came of it.
    bool wants_runner() const;
    // Whether a media provider holds the line, and not a socket of ours.
    bool held_by_provider() const;
    // Whom the call waits for when their line is lost: its owner once they have been here, and any
    // user where the owner (a backend, perhaps) never was. Never an agent: one alone is no call.
    bool waits_for(const Participant& participant) const;
    bool somebody_is_here() const;  // Of those.
};

// Takes one event of the call's stream, at `seq`, into the state. Events come in order of their
// seq, each once. Times come from the `ts` of events that the server made, so that deciding and
// replaying agree; what a service claims is believed only within the time that the call had for it.
void apply(State& state, const contract::Event& event, std::string_view actor_id,
           std::uint64_t seq);

std::uint64_t id_hash(std::string_view id);
// The beginning of a text's SHA-256, and the same of what is a whole one in hexadecimal.
std::uint64_t text_digest(std::string_view text);
std::uint64_t digest_beginning(std::string_view hex);

}  // namespace lifeline::call
