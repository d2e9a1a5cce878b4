#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "contract/close_code_list.h"  // enum class CloseCode, from schema/v1/close_codes.json

namespace lifeline::contract {

enum class Reconnect : std::uint8_t { never, backoff, now };

struct CloseCodeInfo {
    CloseCode code;
    std::string_view name;
    Reconnect reconnect;  // whether coming back can help
    bool resume;          // whether the cursor is still accepted
    std::string_view meaning;
};

const CloseCodeInfo& close_code_info(CloseCode code);
std::span<const CloseCodeInfo> all_close_codes();

}  // namespace lifeline::contract
