#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "contract/json.h"

namespace lifeline::mcp {

inline constexpr std::string_view naming_member = "_lifeline";

// What comes beside a tool's arguments, in the member `_lifeline` of them: an agent whose client
// has one header for all calls says here which call it means, and a plugin of the agent's what the
// model's own call is known by. Never part of what is asked for.
struct Naming {
    std::string session = {};      // sess_...
    std::string session_key = {};  // the agent's own session, see session_key.h
    std::string run_id = {};
    std::string tool_call_id = {};
    // The call that is meant; empty when none is.
    std::string call() const;
};

struct ToolCall {
    std::string name;
    contract::Json args;    // without `_lifeline`
    std::string args_json;  // the same, canonical
    Naming naming = {};
};

// The params of tools/call.
Result<ToolCall> read_tool_call(const contract::Json& params);

// An action as an agent asks for it.
struct AskedAction {
    std::string type;
    std::string summary;
    std::string args_json = "{}";
    std::string idempotency_key = {};
    Millis wait{0};
};

inline constexpr Millis wait_max{20'000};
// A tool that is called by its own name waits so long by itself: a model wants its result.
inline constexpr Millis wait_by_itself{10'000};

// The arguments of the door's own tools; `args_invalid` with the pointer of what is wrong.
Result<AskedAction> read_request_action(const contract::Json& args);

struct AskedState {
    std::string action_id;
    Millis wait{0};
};
Result<AskedState> read_get_action(const contract::Json& args);

struct AskedTranscript {
    std::int64_t after = -1;  // -1: what was said last
    std::int64_t limit = 50;
};
Result<AskedTranscript> read_get_transcript(const contract::Json& args);

// An action on a document of the call.
struct AskedDocument {
    std::string document_id;  // empty: the one of `kind`
    std::string kind;
    AskedAction action;  // its arguments are whole only with a document_id
};
Result<AskedAction> read_create_document(const ToolCall& call);
Result<AskedDocument> read_edit_document(const ToolCall& call);
Result<AskedDocument> read_read_document(const ToolCall& call);
// The action with its document.
AskedAction action_on(AskedDocument asked, std::string_view document_id);

}  // namespace lifeline::mcp
