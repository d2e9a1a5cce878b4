#include "contract/type_marker.h"

#include <algorithm>

namespace lifeline::contract {

namespace {

// Without its first quote: letters are rarer than quotes, so there is less to look at.
constexpr std::string_view marker = R"(type":")";
constexpr std::size_t type_bytes_max = 64;

}  // namespace

bool may_be_of(std::string_view event_json, std::span<const std::string_view> types) {
    for (std::size_t at = event_json.find(marker, 1); at != std::string_view::npos;
         at = event_json.find(marker, at + marker.size())) {
        if (event_json[at - 1] != '"') continue;
        const std::string_view rest = event_json.substr(at + marker.size(), type_bytes_max);
        if (std::ranges::binary_search(types, rest.substr(0, rest.find('"')))) return true;
    }
    return false;
}

}  // namespace lifeline::contract
