#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "contract/json.h"
#include "mcp/rpc.h"
#include "mcp/tool_call.h"

namespace contract = lifeline::contract;
namespace mcp = lifeline::mcp;

// Whatever is posted to the MCP door is read or refused, and what was read can be answered.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto message = mcp::read_rpc(body);
    if (!message) {
        CHECK(contract::Json::parse(mcp::rpc_refusal("null", message.error(), "req_1")));
        return 0;
    }
    CHECK(contract::Json::parse(mcp::rpc_result(message->id_json, "{}")));
    if (!message->params) return 0;
    const auto call = mcp::read_tool_call(*message->params);
    if (!call) {
        CHECK(contract::Json::parse(mcp::rpc_refusal(message->id_json, call.error(), "")));
        return 0;
    }
    CHECK(!call->args.find(mcp::naming_member));
    (void)call->naming.call();
    (void)mcp::read_request_action(call->args);
    if (const auto edit = mcp::read_edit_document(*call); edit)
        CHECK(contract::Json::parse(mcp::action_on(*edit, "doc_1").args_json));
    return 0;
}
