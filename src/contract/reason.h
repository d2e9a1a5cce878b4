#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/close_code.h"
#include "contract/reason_names.h"  // reason::json_invalid, ..., one for each of errors.json

namespace lifeline::contract {

// What schema/v1/errors.json says about a reason: the stable word that every refusal carries.
struct ReasonInfo {
    std::string_view reason;
    Code code;
    int http_status;
    std::uint16_t close_code;  // 0: a connection stays open
    bool retryable;
    bool outcome_unknown;  // The event may have been stored all the same.
    std::string_view meaning;
    std::string_view fix;
};

const ReasonInfo* find_reason(std::string_view reason);
std::span<const ReasonInfo> all_reasons();  // by name

// The error for a reason, with the general code that belongs to it. A reason that errors.json does
// not list is a mistake in this program.
Error error_for(std::string_view reason, std::string detail = {}, std::string pointer = {});

inline std::unexpected<Error> refuse(std::string_view reason, std::string detail = {},
                                     std::string pointer = {}) {
    return std::unexpected(error_for(reason, std::move(detail), std::move(pointer)));
}

}  // namespace lifeline::contract
