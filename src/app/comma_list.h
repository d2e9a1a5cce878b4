#pragma once

#include <string_view>
#include <vector>

namespace lifeline::app {

// The parts of "a,b"; none of "". What stands between two commas may be empty.
inline std::vector<std::string_view> comma_list(std::string_view text) {
    std::vector<std::string_view> parts;
    if (text.empty()) return parts;
    for (auto comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
        parts.push_back(text.substr(0, comma));
        text.remove_prefix(comma + 1);
    }
    parts.push_back(text);
    return parts;
}

}  // namespace lifeline::app
