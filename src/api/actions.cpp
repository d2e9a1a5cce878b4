#include "api/action_view.h"
#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/routes.h"

// What agents do in a call, for apps and people who are not on its WebSocket: an approval page on
// another device, a console, a backend.
namespace lifeline::api {

namespace {

using contract::BodyType;

using Find = std::function<const call::Action*(const call::State&)>;

Find by_id(std::string action_id) {
    return [action_id = std::move(action_id)](const call::State& state) {
        return state.action(action_id);
    };
}

// The action that was asked about, now or once.
Find by_confirmation(std::string confirmation_id) {
    return [id = std::move(confirmation_id)](const call::State& state) {
        if (const call::Action* asking = state.action_asking(id)) return asking;
        const call::ClosedConfirmation* closed = state.closed_confirmation(id);
        return closed != nullptr ? state.action(closed->action_id) : nullptr;
    };
}

// Answers with the action as it stands once the command is durable.
void answer_with_action(Api& api, Asked asked, Find find) {
    const std::string id = asked.session_id();
    auto principal = asked.principal;
    Loop& loop = asked.loop();
    api.parts().sessions.look<std::string>(
        id, loop,
        [principal = std::move(principal),
         find = std::move(find)](session::Actor& actor) -> Result<std::string> {
            const auto role = authorize(actor.state(), principal, Need::read);
            if (!role) return fail(role.error());
            const call::Action* action = find(actor.state());
            if (action == nullptr)
                return fail(Code::not_found, "action_unknown", "no such action in this call");
            contract::JsonWriter json;
            write_action(json, *action);
            return json.take();
        },
        [asked = std::move(asked)](Result<std::string> json) mutable {
            if (!json) return asked.refuse(json.error());
            asked.answer_json(200, std::move(*json));
        });
}

}  // namespace

void list_actions(Api& api, Asked asked) {
    answer_from_call(api, std::move(asked), 200, [](session::Actor& actor) {
        contract::JsonWriter json;
        json.object();
        json.key("actions").raw(actions_json(actor.state(), Shown::all));
        json.key("killed").value(actor.state().killed);
        json.end();
        return json.take();
    });
}

void get_action(Api& api, Asked asked) {
    Find find = by_id(asked.captures.at(1));
    answer_with_action(api, std::move(asked), std::move(find));
}

void cancel_action(Api& api, Asked asked) {
    if (const auto body = read_body(asked, BodyType::cancel_action); !body)
        return asked.refuse(body.error());
    const std::string action_id = asked.captures.at(1);
    command(api, std::move(asked), call::CancelAction{action_id},
            [&api, action_id](Asked done, const session::Receipt&) {
                answer_with_action(api, std::move(done), by_id(action_id));
            });
}

void resolve_action(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::resolve_action);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::resolve_action;
    const std::string action_id = asked.captures.at(1);
    command(api, std::move(asked),
            call::ResolveAction{action_id, std::string(body->text(f::resolution)),
                                std::string(body->text(f::evidence))},
            [&api, action_id](Asked done, const session::Receipt&) {
                answer_with_action(api, std::move(done), by_id(action_id));
            });
}

void answer_confirmation(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::answer_confirmation);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::answer_confirmation;
    call::AnswerConfirmation answer;
    answer.confirmation_id = asked.captures.at(1);
    answer.decision = body->text(f::decision);
    answer.args_hash = body->text(f::args_hash);
    if (body->has(f::args)) answer.args_json = body->raw(f::args);
    if (body->has(f::reason)) answer.reason = body->text(f::reason);
    const std::string confirmation_id = answer.confirmation_id;
    command(api, std::move(asked), std::move(answer),
            [&api, confirmation_id](Asked done, const session::Receipt&) {
                answer_with_action(api, std::move(done), by_confirmation(confirmation_id));
            });
}

void change_killswitch(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::change_killswitch);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::change_killswitch;
    command(api, std::move(asked),
            call::SetKillSwitch{body->flag(f::enabled), std::string(body->text(f::reason))},
            [](Asked done, const session::Receipt&) { done.answer_nothing(); });
}

}  // namespace lifeline::api
