#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "call/command.h"
#include "call/decide.h"
#include "call/judge.h"
#include "call/state.h"

// The parts of `decide`, by what they are about. Each reads the state and says what follows.
namespace lifeline::call::rules {

// authority.cpp: what a sender may do, by the state as it is when the command's turn comes: what
// was allowed when it was sent may not be any more.
Result<void> in_the_call(const State& state, const Command& from);
// What is the owner's, a service's or an operator's alone.
Result<void> may_manage(const State& state, const Command& from);
// A backend's key is no person, whatever it takes part as.
bool is_key(std::string_view id);
// Where a backend owns the call, its users answer and act. A person who has left stays the owner:
// otherwise whoever makes them leave could answer for them.
bool owner_is_a_person(const State& state);
// Nobody makes somebody more than they may be themselves.
Result<void> may_give(contract::Role role, const Command& from, std::string pointer);

// consent.cpp: what may be kept of people, where that needs their consent.
Result<void> may_be_kept(const State& state, const contract::Event& event, const Command& from);

// erasure.cpp: that contents are gone is written down in the call itself, once it is over.
Result<Decision> record_erased(const State& state, const RecordErased& command);

// deadlines.cpp: what time does to a call.
Result<Decision> time_passed(const State& state, WallTime now, const Judge& judge);

// window.cpp: what follows when those the call waits for are gone, and when they are back.
void line_lost(const State& state, const Participant& participant, std::string_view why,
               WallTime now, std::vector<ServerEvent>& events);
void line_back(const State& state, const Participant& participant, WallTime now,
               std::vector<ServerEvent>& events);
void spoke_by_request(const State& state, const contract::Event& event, const Command& from,
                      WallTime now, std::vector<ServerEvent>& events);
void server_restarted(const State& state, WallTime now, std::vector<ServerEvent>& events);
void provider_lost_line(const State& state, WallTime now, std::vector<ServerEvent>& events);

// lifecycle.cpp: how a call begins, becomes active and is over.
Result<Decision> create(const State& state, const Create& command, const Command& from);
Result<Decision> set_status(const State& state, const SetStatus& command, const Command& from,
                            WallTime now);
// With what the end of the call puts an end to, before it.
void end(const State& state, std::string_view reason, std::string_view detail, std::string_view by,
         WallTime now, std::vector<ServerEvent>& events);
void fail_call(const State& state, std::string_view code, std::string_view message, WallTime now,
               std::vector<ServerEvent>& events);
// The events that make a created call active; `connected` where nothing else will say so.
void start(const State& state, const SetStatus& how, bool connected, WallTime now,
           std::vector<ServerEvent>& events);

// ending.cpp: why a call is over, and who may say so.
Result<void> may_end_with(std::string_view reason, const Command& from);
Result<void> may_fail_with(std::string_view code);
// What a person can do after such a failure.
std::string_view way_on_after(std::string_view code);

// reported_usage.cpp: what a report may say that tells its kind apart.
Result<void> may_report(const contract::Event& event);

// provider.cpp: what a media provider calls things, and that it does not change.
Result<void> may_name_provider(const Create& command, const Command& from);
Result<void> may_name_provider(const SetStatus& command, const Command& from);
Result<void> names_the_same(const State& state, const SetStatus& command);
Result<void> names_the_same(const State& state, const contract::Event& event);

// participants.cpp: who may come, who is here, and invitations.
Result<Decision> add_participant(const State& state, const AddParticipant& command,
                                 const Command& from);
Result<Decision> remove_participant(const State& state, const RemoveParticipant& command,
                                    const Command& from, WallTime now);
Result<Decision> create_invite(const State& state, const CreateInvite& command, const Command& from,
                               WallTime now);
Result<Decision> revoke_invite(const State& state, const RevokeInvite& command,
                               const Command& from);
Result<Decision> redeem_invite(const State& state, const RedeemInvite& command, WallTime now);
Result<Decision> line_changed(const State& state, const LineChanged& command, WallTime now);
Result<Decision> recovered(const State& state, WallTime now, const Judge& judge);
ServerEvent added(const State& state, const Member& member, std::string_view by);

// documents.cpp: what this call is told of the documents that are shared with it.
Result<Decision> document_changed(const State& state, const DocumentChanged& change);

// publish.cpp: what a client publishes.
Result<Decision> publish(const State& state, const Publish& command, const Command& from,
                         WallTime now, const Judge& judge);

// speech.cpp: whether an event about an utterance fits what is known of it.
Result<void> may_say(const State& state, const contract::Event& event, const Command& from);

// turns.cpp: whether an event about an agent's turn does.
Result<void> may_turn(const State& state, const contract::Event& event, const Command& from);

}  // namespace lifeline::call::rules
