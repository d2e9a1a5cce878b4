#include "call/decide.h"

#include "call/rules.h"

namespace lifeline::call {

namespace {

template <class... Handlers>
struct Match : Handlers... {
    using Handlers::operator()...;
};

}  // namespace

Result<Decision> decide(const State& state, const Command& command, WallTime now) {
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
            [&](const Publish& request) { return rules::publish(state, request, command, now); },
            [&](const TimePassed&) { return rules::time_passed(state, now); },
            [&](const Recovered&) { return rules::recovered(state, now); },
        },
        command.request);
}

}  // namespace lifeline::call
