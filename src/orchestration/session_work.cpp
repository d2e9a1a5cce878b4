#include "orchestration/session_work.h"

#include <algorithm>
#include <utility>

namespace lifeline::orchestration {

namespace {

call::Command of_runner(call::Request request) {
    return {std::move(request), {"server", "lifeline"}, contract::Role::server};
}

Claimable claimable_of(const call::Action& action, const call::Judge& judge) {
    Claimable one;
    one.action_id = action.id;
    one.action_type = action.type;
    one.attempt_next = action.attempt + 1;
    one.not_before = action.retry_at;
    if (const auto tool = judge.tool(action.type)) {
        one.repeatable = tool->repeatable;
        one.timeout = tool->timeout;
    }
    return one;
}

// What was claimed, if that is what the claim came to: it may also have been blocked or asked about
// instead, which is not for the runner to mind.
Result<Job> job_of(const call::State& state, const call::Judge& judge, const std::string& action_id,
                   std::uint64_t seq) {
    const call::Action* action = state.action(action_id);
    if (action == nullptr || action->state != call::ActionState::started || action->fence < seq)
        return fail(Code::conflict, "action_not_ready", "the action was not started");
    Job job;
    job.session_id = state.id;
    job.action_id = action->id;
    job.action_type = action->type;
    job.args_json = action->args_json;
    job.idempotency_key = action->idempotency_key;
    job.attempt = action->attempt;
    job.fence = action->fence;
    if (const auto tool = judge.tool(action->type)) {
        job.repeatable = tool->repeatable;
        job.timeout = tool->timeout;
    }
    // What is wanted by a certain time may take no longer than until then.
    if (action->deadline)
        job.timeout = std::clamp(*action->deadline - action->started_at, Millis{1}, job.timeout);
    return job;
}

call::FinishAction finish_of(const Job& job, Outcome outcome) {
    using Finished = call::FinishAction::Outcome;
    call::FinishAction how;
    how.action_id = job.action_id;
    how.attempt = job.attempt;
    how.fence = job.fence;
    switch (outcome.kind) {
        case Outcome::Kind::succeeded:
            how.outcome = Finished::succeeded;
            break;
        case Outcome::Kind::cancelled:
            how.outcome = Finished::cancelled;
            break;
        case Outcome::Kind::unknown:
        case Outcome::Kind::handed_over:  // Never brought here.
            how.outcome = Finished::unknown;
            break;
        case Outcome::Kind::failed:
            how.outcome = Finished::failed;
            break;
    }
    how.code = std::move(outcome.code);
    how.message = std::move(outcome.message);
    how.may_retry = outcome.may_retry;
    how.retry_after = outcome.retry_after;
    how.summary = std::move(outcome.summary);
    how.result_json = std::move(outcome.result_json);
    how.effect_id = std::move(outcome.effect_id);
    how.took = outcome.took;
    return how;
}

}  // namespace

void SessionWork::list(std::string session_id,
                       std::move_only_function<void(Result<std::vector<Claimable>>)> done) {
    sessions_.look<std::vector<Claimable>>(
        std::move(session_id), home_,
        [](session::Actor& actor) -> Result<std::vector<Claimable>> {
            std::vector<Claimable> found;
            for (const call::Action& action : actor.state().actions)
                if (call::claimable(action)) found.push_back(claimable_of(action, actor.judge()));
            return found;
        },
        std::move(done));
}

void SessionWork::claim(std::string session_id, std::string action_id, std::string, Millis lease,
                        std::move_only_function<void(Result<Job>)> done) {
    sessions_.submit(session_id, of_runner(call::ClaimAction{action_id, lease}), home_,
                     [this, session_id, action_id,
                      done = std::move(done)](Result<session::Receipt> receipt) mutable {
                         if (!receipt) return done(fail(receipt.error()));
                         sessions_.look<Job>(
                             session_id, home_,
                             [action_id, seq = receipt->seq](session::Actor& actor) {
                                 return job_of(actor.state(), actor.judge(), action_id, seq);
                             },
                             std::move(done));
                     });
}

void SessionWork::finish(Job job, Outcome outcome, std::move_only_function<void(Status)> done) {
    std::string session_id = job.session_id;
    sessions_.submit(std::move(session_id), of_runner(finish_of(job, std::move(outcome))), home_,
                     [done = std::move(done)](Result<session::Receipt> receipt) mutable {
                         done(receipt ? Status() : fail(receipt.error()));
                     });
}

void SessionWork::unresolved(std::string session_id,
                             std::move_only_function<void(Result<std::vector<Unresolved>>)> done) {
    sessions_.look<std::vector<Unresolved>>(
        std::move(session_id), home_,
        [](session::Actor& actor) -> Result<std::vector<Unresolved>> {
            std::vector<Unresolved> found;
            for (const call::Action& action : actor.state().actions) {
                if (action.state != call::ActionState::unknown || !action.probe_at) continue;
                const Job job{.session_id = actor.state().id,
                              .action_id = action.id,
                              .idempotency_key = action.idempotency_key};
                found.push_back({.session_id = job.session_id,
                                 .action_id = job.action_id,
                                 .action_type = action.type,
                                 .idempotency_key = idempotency_key_of(job),
                                 .attempt = action.attempt,
                                 .probe_at = *action.probe_at});
            }
            return found;
        },
        std::move(done));
}

void SessionWork::resolve(Unresolved action, ProbeAnswer answer,
                          std::move_only_function<void(Status)> done) {
    const bool was_done = answer.said == ProbeAnswer::Said::done;
    call::ResolveAction how;
    how.action_id = std::move(action.action_id);
    how.resolution = was_done ? "succeeded" : "not_executed";
    how.evidence = std::move(answer.message);
    if (how.evidence.empty())
        how.evidence = was_done ? "the tool says that it was done"
                                : "the tool says that it was not done and will not be";
    if (was_done) {
        how.result_json = std::move(answer.result_json);
        how.effect_id = std::move(answer.effect_id);
    }
    sessions_.submit(std::move(action.session_id),
                     {std::move(how), {"server", "probe"}, contract::Role::server}, home_,
                     [done = std::move(done)](const Result<session::Receipt>& receipt) mutable {
                         done(receipt ? Status() : fail(receipt.error()));
                     });
}

void SessionWork::called_off(std::string session_id,
                             std::move_only_function<void(std::vector<std::string>)> done) {
    sessions_.look<std::vector<std::string>>(
        std::move(session_id), home_,
        [](session::Actor& actor) -> Result<std::vector<std::string>> {
            std::vector<std::string> ids;
            for (const call::Action& action : actor.state().actions)
                if (action.cancel_asked() && action.state == call::ActionState::started)
                    ids.push_back(action.id);
            return ids;
        },
        [done = std::move(done)](Result<std::vector<std::string>> ids) mutable {
            done(ids ? std::move(*ids) : std::vector<std::string>());
        });
}

}  // namespace lifeline::orchestration
