#pragma once

#include <cstdint>
#include <string_view>

namespace lifeline::load {

// Who sits there: each is one user of Lifeline with an access token of its own.
enum class Who : std::uint8_t { user, guest, agent, viewer };

constexpr std::string_view to_text(Who who) {
    constexpr std::string_view names[] = {"user", "guest", "agent", "viewer"};
    return names[static_cast<std::size_t>(who)];
}

// One connection's place: the n-th member of a call.
struct Seat {
    std::uint32_t call = 0;
    std::uint32_t member = 0;
    Who who = Who::user;
};

}  // namespace lifeline::load
