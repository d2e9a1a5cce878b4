#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "call/state.h"
#include "contract/actor.h"
#include "contract/event.h"
#include "contract/role.h"

namespace lifeline::call {

// Everything that can be asked of a call, whoever asks: a request over REST, a frame over a
// WebSocket, a socket that came or went, a deadline that passed.

struct Member {
    std::string user_id;
    contract::Role role = contract::Role::user;
    std::string name;
};

struct Create {
    std::string owner_id;
    std::string account_id;
    std::string channel;
    std::string direction;
    std::string provider;
    std::string correlation_id;
    std::string metadata_json;
    std::string config_json;
    std::string continues;
    bool recording_consent_required = false;
    Millis connect_timeout{0};
    Millis max_duration{0};
    Millis reconnect_window{0};
    std::vector<Member> members;  // The owner first.
    // The request as it came: what makes it the same when it is repeated. Empty where nobody sent
    // one; then all of the above is.
    std::string asked_json = {};
};

struct SetStatus {
    Status wanted = Status::active;
    std::string provider;
    ProviderIds provider_ids;
    std::string reason;  // An endReason for ended, a code of the application's for failed.
    std::string detail;
};

struct AddParticipant {
    Member member;
};

struct RemoveParticipant {
    std::string participant_id;
    std::string reason;
};

struct CreateInvite {
    std::string invite_id;
    contract::Role role = contract::Role::user;
    std::int64_t uses = 1;
    Millis lives{0};
};

struct RevokeInvite {
    std::string invite_id;
};

struct RedeemInvite {
    std::string invite_id;
    Member guest;  // Its role is the invite's.
};

// The first socket of a participant opened, or the last one closed.
struct LineChanged {
    std::string participant_id;
    bool connected = false;
    std::string why = {};  // The last one closed, where that is known; a word.
};

struct Publish {
    contract::Event event;
};

// The same as safety.confirmation.answered, by REST.
struct AnswerConfirmation {
    std::string confirmation_id;
    std::string decision;  // approve, edit, deny
    std::string args_hash;
    std::string args_json;  // With edit.
    std::string reason;
};

struct CancelAction {
    std::string action_id;
};

// A runner takes an approved action to execute it: once for every approval.
struct ClaimAction {
    std::string action_id;
    Millis lease{0};  // Until when it will have said what became of it.
};

// What became of an attempt, by the runner that claimed it.
struct FinishAction {
    enum class Outcome : std::uint8_t { succeeded, failed, unknown, cancelled };
    std::string action_id;
    int attempt = 0;
    std::uint64_t fence = 0;
    Outcome outcome = Outcome::failed;
    std::string code;     // failed, unknown
    std::string message;  // failed, unknown
    bool may_retry = false;
    Millis retry_after{0};
    std::string summary;      // succeeded
    std::string result_json;  // succeeded: an object, or nothing
    std::string effect_id;    // succeeded
    Millis took{0};
};

// A person or a probe has found out what became of an action whose outcome was unknown.
struct ResolveAction {
    std::string action_id;
    std::string resolution;  // succeeded, failed, not_executed
    std::string evidence;
    std::string result_json = {};  // succeeded: an object, or nothing
    std::string effect_id = {};    // succeeded
};

// While it is on, no action of this call is approved or started.
struct SetKillSwitch {
    bool enabled = false;
    std::string reason;
};

// A document of this call has come to a revision, was shared with it, or is not any more. Told by
// whoever serves documents, as often as they like.
struct DocumentChanged {
    std::string document_id;
    std::string kind;
    std::string title;
    std::uint64_t rev = 0;
    std::string by;
    bool shared = true;
};

// What a judgement that waits rests on, found out: by the server, for exactly that decision.
struct AssessAction {
    std::string action_id;
    std::string decision_id;
    Facts facts;
    Millis took{0};
};

// How far what runs is, by the executor that claimed it.
struct ReportProgress {
    std::string action_id;
    std::uint64_t fence = 0;
    std::string message;
    std::optional<double> percent;
};

// For a while, what the policy would ask about is allowed, within bounds.
struct CreateGrant {
    std::string grant_id;
    std::string action_type;
    std::string constraint_json;
    std::int64_t uses_max = 0;
    Millis lives{0};
};

struct RevokeGrant {
    std::string grant_id;
};

// Contents of the call's events were destroyed: the record of it, as whoever did that has made it.
struct RecordErased {
    std::string event_id;  // Begins with ll_.
    std::string payload_json;
};

// A deadline may have passed; what the state says decides which.
struct TimePassed {};

// The server started: whatever the journal says, nobody has a socket.
struct Recovered {};

using Request =
    std::variant<Create, SetStatus, AddParticipant, RemoveParticipant, CreateInvite, RevokeInvite,
                 RedeemInvite, LineChanged, Publish, AnswerConfirmation, CancelAction, ClaimAction,
                 FinishAction, ResolveAction, SetKillSwitch, AssessAction, ReportProgress,
                 CreateGrant, RevokeGrant, DocumentChanged, RecordErased, TimePassed, Recovered>;

struct Command {
    Request request;
    contract::Actor actor;
    contract::Role role = contract::Role::server;
    bool by_account = false;  // See access.h; otherwise an operator's role goes with its removal.
};

}  // namespace lifeline::call
