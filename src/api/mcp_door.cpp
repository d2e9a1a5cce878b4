#include "api/mcp_door.h"

#include "api/agent_action.h"
#include "api/api.h"
#include "api/mcp_call.h"
#include "api/problem.h"
#include "base/id.h"
#include "contract/reason.h"
#include "mcp/protocol.h"
#include "mcp/rpc.h"
#include "mcp/toolbox.h"

namespace lifeline::api {

namespace {

using contract::refuse;
using Kind = mcp::RpcMessage::Kind;
namespace reason = contract::reason;

constexpr std::string_view bearer = "Bearer ";
constexpr std::string_view session_header = "Mcp-Session-Id";

// Before there is a request to answer: HTTP says it too.
void refuse_by_http(Asked& asked, const Error& error) {
    net::Response response = problem(asked.request().id, error);
    response.set("Content-Type", "application/json");
    response.body = mcp::rpc_refusal("null", error, asked.request().id);
    asked.refuse_with(error, std::move(response));
}

// A page that rebinds its name to this address has an Origin, and no agent has.
Status may_come_from(Api& api, const Asked& asked) {
    const auto* origin = asked.request().header("Origin");
    if (origin == nullptr || api.parts().origins.allows(*origin)) return {};
    return refuse(reason::origin_forbidden, "this origin is not in the server's list of origins");
}

Status is_readable(const net::Request& request) {
    const auto* type = request.header("Content-Type");
    if (type == nullptr || !type->starts_with("application/json"))
        return refuse(reason::content_type_unsupported, "Content-Type must be application/json");
    const auto* version = request.header("MCP-Protocol-Version");
    if (version != nullptr && !mcp::speaks(*version))
        return refuse(reason::protocol_version_unsupported);
    return {};
}

void initialize(Api& api, RpcAsked asked, const contract::Json* params) {
    net::Response response =
        json_response(200, mcp::rpc_result(asked.id_json, mcp::initialize_result(params)));
    // Nothing is kept under it: it tells the requests of one client from those of the next.
    response.set(session_header, new_id("mcp_", api.parts().clock.wall(), api.parts().random));
    asked.http.answer(std::move(response));
}

void list_tools(Api& api, RpcAsked asked, const contract::Json* params) {
    const auto cursor = params != nullptr ? params->text("cursor") : std::nullopt;
    const tools::Registry registry = api.parts().tools();
    const auto call = asked.http.principal.call ? mcp::Toolbox::Call::known
                                                : mcp::Toolbox::Call::named_by_argument;
    const auto list = mcp::Toolbox(registry, call).list_json(cursor.value_or(""));
    if (!list) return asked.refuse(list.error());
    asked.answer(*list);
}

void dispatch(Api& api, RpcAsked asked, const mcp::RpcMessage& message) {
    const contract::Json* params = message.params ? &*message.params : nullptr;
    if (message.method == "initialize") return initialize(api, std::move(asked), params);
    if (message.method == "ping") return asked.answer("{}");
    if (message.method == "tools/list") return list_tools(api, std::move(asked), params);
    if (message.method == "tools/call") {
        if (params == nullptr) return asked.refuse(contract::error_for(reason::tool_unknown));
        return call_tool(api, std::move(asked), *params);
    }
    asked.refuse(contract::error_for(reason::rpc_method_unknown));
}

// Who holds a capability hears at once, and not only with the first tool, that it has ended: by its
// call, or by the agent's removal.
void dispatch_in_call(Api& api, RpcAsked asked, mcp::RpcMessage message) {
    if (!asked.http.principal.call) return dispatch(api, std::move(asked), message);
    const std::string id = asked.http.principal.call->session_id;
    auto keep = std::make_shared<RpcAsked>(std::move(asked));
    api.parts().sessions.look<bool>(
        id, keep->http.loop(),
        [agent = keep->http.principal](session::Actor& actor) -> Result<bool> {
            if (const auto may = may_act(actor.state(), agent); !may) return fail(may.error());
            return true;
        },
        [&api, keep, message = std::move(message)](Result<bool> may) {
            if (!may) return keep->refuse(may.error());
            dispatch(api, std::move(*keep), message);
        });
}

void take_message(Api& api, Asked asked) {
    if (asked.principal.role != contract::Role::agent)
        return refuse_by_http(
            asked, contract::error_for(reason::forbidden, "only agents come by this door"));
    if (const auto readable = is_readable(asked.request()); !readable)
        return refuse_by_http(asked, readable.error());
    auto message = mcp::read_rpc(asked.request().body);
    if (!message) return refuse_by_http(asked, message.error());
    if (message->kind != Kind::request) {
        net::Response accepted;
        accepted.status = 202;
        return asked.answer(std::move(accepted));
    }
    const auto* session = asked.request().header(session_header);
    RpcAsked rpc{std::move(asked), message->id_json, session != nullptr ? *session : ""};
    dispatch_in_call(api, std::move(rpc), std::move(*message));
}

}  // namespace

void RpcAsked::answer(std::string_view result_json) {
    http.answer_json(200, mcp::rpc_result(id_json, result_json));
}

void RpcAsked::refuse(const Error& error) {
    http.refuse_with(error,
                     json_response(200, mcp::rpc_refusal(id_json, error, http.request().id)));
}

void mcp_door(Api& api, Asked asked) {
    if (asked.request().method != "POST") {
        const Error error = contract::error_for(reason::method_not_allowed);
        net::Response refusal = problem(asked.request().id, error);
        refusal.set("Allow", "POST");
        return asked.refuse_with(error, std::move(refusal));
    }
    if (const auto may = may_come_from(api, asked); !may) return refuse_by_http(asked, may.error());
    const auto* header = asked.request().header("Authorization");
    if (header == nullptr || !header->starts_with(bearer))
        return refuse_by_http(asked, contract::error_for(reason::token_missing));
    std::string token = header->substr(bearer.size());
    Loop& loop = asked.loop();
    api.parts().authenticator.authenticate(
        std::move(token), identity::Authenticator::Purpose::act, loop,
        [&api, asked = std::move(asked)](Result<identity::Principal> principal) mutable {
            if (!principal) return refuse_by_http(asked, principal.error());
            asked.principal = std::move(*principal);
            take_message(api, std::move(asked));
        });
}

}  // namespace lifeline::api
