#pragma once

#include <string>
#include <string_view>

#include "contract/json.h"

// Which MCP this is. All versions look the same to a server that only has tools.
namespace lifeline::mcp {

inline constexpr std::string_view protocol_version = "2025-11-25";

bool speaks(std::string_view version);

// The answer to `initialize`: the client's version where it is known, else ours.
std::string initialize_result(const contract::Json* params);

// A tool's answer: for the model as text, for programs as an object. `is_error`: nothing came of it
// that was asked for.
std::string tool_result(std::string_view answer_json, bool is_error);

}  // namespace lifeline::mcp
