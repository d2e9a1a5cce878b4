#include "mcp/request_id.h"

#include <fmt/format.h>

#include <initializer_list>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::mcp {

RequestIds request_ids(std::string_view session_id, std::string_view agent_id,
                       const AskedAction& asked, const Naming& naming,
                       const Repetition& repetition) {
    std::string told;
    // The lengths keep "ab" + "c" apart from "a" + "bc".
    const auto add = [&told](std::initializer_list<std::string_view> parts) {
        for (const auto part : parts) told += fmt::format("{}:{}", part.size(), part);
    };
    add({session_id, agent_id, asked.type, asked.args_json});
    if (!asked.idempotency_key.empty()) {
        add({"key", asked.idempotency_key});
    } else if (!naming.tool_call_id.empty()) {
        add({"tool call", naming.run_id, naming.tool_call_id});
    } else {
        add({"request", repetition.mcp_session, repetition.rpc_id_json});
    }
    const Digest digest = sha256(told);
    const std::string name = to_hex({digest.data(), 16});
    return {"act_" + name, "ask_" + name};
}

}  // namespace lifeline::mcp
