#pragma once

#include <span>
#include <string_view>

#include "mcp/toolbox.h"

namespace lifeline::mcp {

// What a model is told of the door's own tools.
struct OwnToolText {
    OwnTool tool;
    std::string_view name;
    std::string_view description;
    std::string_view schema_json;
    bool reads;
};

std::span<const OwnToolText> own_tools();

}  // namespace lifeline::mcp
