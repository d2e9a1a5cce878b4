#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "contract/reason.h"

namespace lifeline::api {

// How requests were answered. Plain numbers: they are counted and read on the HTTP server's loop.
struct Counters {
    // Where a refusal comes from: HTTP itself, the door to the WebSocket, or a route.
    enum class Door : std::uint8_t { http, upgrade, rest };

    std::map<unsigned, std::uint64_t> answers;  // Of routes, by status.
    std::map<std::pair<Door, std::string_view>, std::uint64_t> refusals;

    // Only reasons of errors.json, so there are never more of them than that has.
    void refused(Door door, std::string_view reason) {
        const auto* known = contract::find_reason(reason);
        ++refusals[{door, known == nullptr ? contract::reason::internal : known->reason}];
    }
};

}  // namespace lifeline::api
