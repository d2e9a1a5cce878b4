#include "tools/tool.h"

namespace lifeline::tools {

std::string_view to_text(Kind kind) {
    switch (kind) {
        case Kind::http:
            return "http";
        case Kind::mcp:
            return "mcp";
        case Kind::client:
            return "client";
        case Kind::builtin:
            return "builtin";
    }
    return "";
}

std::optional<Kind> kind_from(std::string_view text) {
    for (const Kind kind : {Kind::http, Kind::mcp, Kind::client, Kind::builtin})
        if (text == to_text(kind)) return kind;
    return std::nullopt;
}

}  // namespace lifeline::tools
