#include "api/mcp_call.h"

#include <memory>
#include <utility>

#include "api/agent_action.h"
#include "api/agent_reading.h"
#include "api/api.h"
#include "contract/reason.h"
#include "mcp/protocol.h"
#include "mcp/request_id.h"
#include "mcp/tool_call.h"
#include "mcp/toolbox.h"

namespace lifeline::api {

namespace {

using mcp::OwnTool;
using mcp::ToolCall;
namespace reason = contract::reason;

// One tool's call with all that is needed to answer it. Kept by whatever it waits for.
struct Turn {
    Api& api;
    RpcAsked asked;
    ToolCall call;
    std::string session_id;

    const identity::Principal& agent() const { return asked.http.principal; }
    Loop& loop() { return asked.http.loop(); }
};
using Kept = std::shared_ptr<Turn>;

// The call that is meant: the capability's, or the one that the arguments name.
Result<std::string> call_of(const identity::Principal& agent, const mcp::Naming& naming) {
    std::string named = naming.call();
    if (!agent.call) {
        if (named.empty())
            return contract::refuse(reason::call_not_named, {}, "/params/arguments/_lifeline");
        return named;
    }
    if (!named.empty() && named != agent.call->session_id)
        return contract::refuse(reason::session_not_found, "the capability is for another call");
    return agent.call->session_id;
}

void answer_about_action(const Kept& turn, const Result<mcp::ActionAnswer>& answer) {
    if (!answer) return turn->asked.refuse(answer.error());
    turn->asked.answer(mcp::tool_result(answer->json, answer->is_error));
}

void request(const Kept& turn, mcp::AskedAction asked) {
    AgentRequest request;
    request.session_id = turn->session_id;
    request.agent = turn->agent();
    request.ids =
        mcp::request_ids(turn->session_id, turn->agent().user_id, asked, turn->call.naming,
                         {turn->asked.mcp_session, turn->asked.id_json});
    request.tool_call_id = turn->call.naming.tool_call_id;
    request.asked = std::move(asked);
    request_action_for(
        turn->api, std::move(request), turn->loop(),
        [turn](const Result<mcp::ActionAnswer>& answer) { answer_about_action(turn, answer); });
}

void on_document(const Kept& turn, Result<mcp::AskedDocument> asked) {
    if (!asked) return turn->asked.refuse(asked.error());
    if (const std::string id = asked->document_id; !id.empty())
        return request(turn, mcp::action_on(std::move(*asked), id));
    read_context_for(turn->api, turn->session_id, turn->agent(), turn->loop(),
                     [turn, asked = std::move(*asked)](Result<ReadContext> context) mutable {
                         if (!context) return turn->asked.refuse(context.error());
                         const std::string id = context->recent.only_document(asked.kind);
                         if (id.empty())
                             return turn->asked.refuse(contract::error_for(
                                 reason::document_not_named, {}, "/params/arguments/documentId"));
                         request(turn, mcp::action_on(std::move(asked), id));
                     });
}

void get_action(const Kept& turn) {
    const auto asked = mcp::read_get_action(turn->call.args);
    if (!asked) return turn->asked.refuse(asked.error());
    tell_action_to(
        turn->api, {turn->session_id, turn->agent(), asked->action_id, asked->wait}, turn->loop(),
        [turn](const Result<mcp::ActionAnswer>& answer) { answer_about_action(turn, answer); });
}

void get_transcript(const Kept& turn) {
    const auto asked = mcp::read_get_transcript(turn->call.args);
    if (!asked) return turn->asked.refuse(asked.error());
    read_transcript_for(turn->api, turn->session_id, turn->agent(), *asked, turn->loop(),
                        [turn](const Result<std::string>& json) {
                            if (!json) return turn->asked.refuse(json.error());
                            turn->asked.answer(mcp::tool_result(*json, false));
                        });
}

void get_context(const Kept& turn) {
    read_context_for(turn->api, turn->session_id, turn->agent(), turn->loop(),
                     [turn](const Result<ReadContext>& context) {
                         if (!context) return turn->asked.refuse(context.error());
                         turn->asked.answer(mcp::tool_result(context->json, false));
                     });
}

void call_own(const Kept& turn, OwnTool tool, const tools::Registry& registry) {
    const auto asked = [&turn](Result<mcp::AskedAction> action) {
        if (!action) return turn->asked.refuse(action.error());
        request(turn, std::move(*action));
    };
    switch (tool) {
        case OwnTool::request_action:
            return asked(mcp::read_request_action(turn->call.args));
        case OwnTool::create_document:
            return asked(mcp::read_create_document(turn->call));
        case OwnTool::edit_document:
            return on_document(turn, mcp::read_edit_document(turn->call));
        case OwnTool::read_document:
            return on_document(turn, mcp::read_read_document(turn->call));
        case OwnTool::get_action:
            return get_action(turn);
        case OwnTool::get_transcript:
            return get_transcript(turn);
        case OwnTool::get_context:
            return get_context(turn);
        case OwnTool::list_actions_allowed:
            return turn->asked.answer(
                mcp::tool_result(mcp::Toolbox(registry).actions_json(), false));
    }
}

// What a person reads beside what the server shows of the arguments themselves.
std::string summary_of(const tools::Tool& tool) {
    return !tool.display.title.empty() ? tool.display.title
           : !tool.description.empty() ? tool.description
                                       : tool.name;
}

}  // namespace

void call_tool(Api& api, RpcAsked asked, const contract::Json& params) {
    auto call = mcp::read_tool_call(params);
    if (!call) return asked.refuse(call.error());
    const tools::Registry registry = api.parts().tools();
    const auto target = mcp::Toolbox(registry).find(call->name);
    if (!target) return asked.refuse(contract::error_for(reason::tool_unknown, {}, "/params/name"));
    auto session_id = call_of(asked.http.principal, call->naming);
    if (!session_id) return asked.refuse(session_id.error());
    const auto turn = std::make_shared<Turn>(
        Turn{api, std::move(asked), std::move(*call), std::move(*session_id)});
    if (target->own) return call_own(turn, *target->own, registry);
    request(turn, mcp::AskedAction{.type = target->action->name,
                                   .summary = summary_of(*target->action),
                                   .args_json = turn->call.args_json,
                                   .wait = mcp::wait_by_itself});
}

}  // namespace lifeline::api
