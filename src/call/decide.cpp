#include "call/decide.h"

#include "call/action_rules.h"
#include "call/rules.h"

namespace lifeline::call {

namespace {

template <class... Handlers>
struct Match : Handlers... {
    using Handlers::operator()...;
};

}  // namespace

Result<Decision> decide(const State& state, const Command& command, WallTime now,
                        const Judge& judge) {
    const bool creates = std::holds_alternative<Create>(command.request);
    if (state.status == Status::none && !creates)
        return fail(Code::not_found, "session_not_found", "no such call");
    return std::visit(
        Match{
            [&](const Create& request) { return rules::create(state, request, command); },
            [&](const SetStatus& request) {
                return rules::set_status(state, request, command, now);
            },
            [&](const AddParticipant& request) {
                return rules::add_participant(state, request, command);
            },
            [&](const RemoveParticipant& request) {
                return rules::remove_participant(state, request, command, now);
            },
            [&](const CreateInvite& request) {
                return rules::create_invite(state, request, command, now);
            },
            [&](const RevokeInvite& request) {
                return rules::revoke_invite(state, request, command);
            },
            [&](const RedeemInvite& request) { return rules::redeem_invite(state, request, now); },
            [&](const LineChanged& request) { return rules::line_changed(state, request, now); },
            [&](const Publish& request) {
                return rules::publish(state, request, command, now, judge);
            },
            [&](const AnswerConfirmation& request) {
                return rules::answer_confirmation(state, request, command, "api", now, judge);
            },
            [&](const CancelAction& request) {
                return rules::cancel_action(state, request.action_id, command);
            },
            [&](const ClaimAction& request) {
                return rules::claim_action(state, request, now, judge);
            },
            [&](const FinishAction& request) {
                return rules::finish_action(state, request, command, now, judge);
            },
            [&](const ResolveAction& request) {
                return rules::resolve_action(state, request, command);
            },
            [&](const SetKillSwitch& request) {
                return rules::set_kill_switch(state, request, command);
            },
            [&](const DocumentChanged& request) { return rules::document_changed(state, request); },
            [&](const AssessAction& request) {
                return rules::assess_action(state, request, now, judge);
            },
            [&](const ReportProgress& request) { return rules::report_progress(state, request); },
            [&](const CreateGrant& request) {
                return rules::create_grant(state, request, command, now, judge);
            },
            [&](const RevokeGrant& request) {
                return rules::revoke_grant(state, request, command);
            },
            [&](const RecordErased& request) { return rules::record_erased(state, request); },
            [&](const TimePassed&) { return rules::time_passed(state, now, judge); },
            [&](const Recovered&) { return rules::recovered(state, now, judge); },
        },
        command.request);
}

}  // namespace lifeline::call
