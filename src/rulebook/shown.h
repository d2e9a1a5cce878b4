#pragma once

#include <string_view>

#include "call/judge.h"
#include "tools/tool.h"

namespace lifeline::rulebook {

// What a confirmation shows of an action: the operator's words for the tool, and of the arguments
// what the tool's display names, from the bytes that would be executed. What the agent says about
// it is not in it. An amount or a currency that is none is left to the preview.
call::Shown shown_of(const tools::Tool& tool, std::string_view args_json);

}  // namespace lifeline::rulebook
