#pragma once

#include <string_view>
#include <vector>

#include "call/action.h"
#include "call/command.h"
#include "call/decide.h"
#include "call/judge.h"
#include "call/state.h"

// The parts of `decide` that are about actions: asked for, judged, answered by a person, executed,
// stopped. Pure like the rest: tools and policy speak through the Judge.
namespace lifeline::call::rules {

// requesting.cpp: an agent asks; accepted xor rejected, and judged, in one batch.
Result<Decision> request_action(const State& state, const contract::Event& event,
                                const Command& from, WallTime now, const Judge& judge);

// judging.cpp: what the policy says, and what follows from it. `action` is as it will be judged.
// Where the judgement rests on what is not known yet, it is asked for, and the action waits.
void judge_action(const Action& action, const Ruling& ruling, WallTime now, const Judge& judge,
                  std::vector<ServerEvent>& events);
Ruling ruling_on(const State& state, const Action& action, WallTime now, const Judge& judge);
// Whether that lets it begin: by itself, or since a person said yes to these very arguments who may
// say so as it is ruled now, and is still who they were.
bool lets_begin(const State& state, const Ruling& ruling, const Action& action);
// What follows from a ruling, with its own event before it.
void follow_ruling(const Action& action, const Ruling& ruling, WallTime now, const Judge& judge,
                   std::vector<ServerEvent>& events);
// What the judgement rests on is known now, or will not be.
Result<Decision> assess_action(const State& state, const AssessAction& found, WallTime now,
                               const Judge& judge);
void assess_in_vain(const State& state, const Action& action, WallTime now, const Judge& judge,
                    std::vector<ServerEvent>& events);

// granting.cpp: what the owner allows beforehand.
Result<Decision> create_grant(const State& state, const CreateGrant& command, const Command& from,
                              WallTime now, const Judge& judge);
Result<Decision> revoke_grant(const State& state, const RevokeGrant& command, const Command& from);
// The one that allows what would be asked about; null when there is none.
const Grant* grant_for(const State& state, const Action& action, WallTime now);

// answering.cpp: a person says yes, no, or yes but otherwise.
Result<Decision> answer_confirmation(const State& state, const AnswerConfirmation& answer,
                                     const Command& from, std::string_view via, WallTime now,
                                     const Judge& judge);
// voice.cpp: the same by a spoken word, where the question may be answered so. Nothing where it is
// no answer, which is no error: people say all sorts of things.
Decision heard(const State& state, const contract::Event& event, const Command& from, WallTime now,
               const Judge& judge);
Decision approve(const Action& action, const Command& from, std::string_view via,
                 std::string_view reason, std::string_view utterance_id = {});
Decision deny(const Action& action, const Command& from, std::string_view via,
              std::string_view reason, std::string_view utterance_id = {});
// Whether they could answer in that role, were it asked now.
bool may_confirm(const State& state, Confirmer wanted, std::string_view who, contract::Role role);
// Whether there is anybody who could.
bool somebody_may_confirm(const State& state, Confirmer wanted);

// executing.cpp: claimed once, ended once.
Result<Decision> claim_action(const State& state, const ClaimAction& claim, WallTime now,
                              const Judge& judge);
Result<Decision> finish_action(const State& state, const FinishAction& how, const Command& from,
                               WallTime now, const Judge& judge);
// A participant's app says what its attempt came to.
Result<Decision> outcome_reported(const State& state, const contract::Event& event,
                                  const Command& from, WallTime now, const Judge& judge);
Result<Decision> report_progress(const State& state, const ReportProgress& progress);
// A participant's app says how far it is.
Result<void> may_tell_progress(const State& state, const contract::Event& event,
                               const Command& from);
Result<Decision> resolve_action(const State& state, const ResolveAction& how, const Command& from);
// Nobody will say any more what became of that attempt.
void executor_lost(const State& state, const Action& action, WallTime now, const Judge& judge,
                   std::vector<ServerEvent>& events);

// stopping.cpp: what will not happen any more.
Result<Decision> cancel_action(const State& state, std::string_view action_id, const Command& from);
void interrupted(const State& state, const contract::Event& event, const Command& from,
                 std::vector<ServerEvent>& events);
void turn_cancelled(const State& state, const contract::Event& event, const Command& from,
                    std::vector<ServerEvent>& events);
// The call is about to be over: what was not begun is not begun, what an agent was saying is cut.
void close_what_is_open(const State& state, WallTime now, std::vector<ServerEvent>& events);
// Deadlines of actions and confirmations, and leases that ended.
void actions_time_passed(const State& state, WallTime now, const Judge& judge,
                         std::vector<ServerEvent>& events);
Result<Decision> set_kill_switch(const State& state, const SetKillSwitch& command,
                                 const Command& from);

}  // namespace lifeline::call::rules
