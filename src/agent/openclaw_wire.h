#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/driver.h"
#include "base/result.h"

// The gateway protocol of OpenClaw (version 4, as 2026.9.6 speaks it) as texts of a WebSocket: what
// is sent, and what is heard, as far as a turn needs it. Pure.
namespace lifeline::agent::openclaw {

inline constexpr std::int64_t protocol = 4;

std::string connect_request(std::string_view id, std::string_view token);

struct Ask {
    std::string_view message;
    std::string_view agent_id;
    std::string_view session_key;
    std::string_view idempotency_key;  // Also the id of the run.
};
std::string agent_request(std::string_view id, const Ask& ask);
std::string wait_request(std::string_view id, std::string_view run_id, Millis timeout);
std::string abort_request(std::string_view id, std::string_view session_key,
                          std::string_view run_id);

// One frame, as far as it is known; what is not is `other`, since its makers add to it weekly.
struct Heard {
    enum class Kind : std::uint8_t {
        challenge,  // The gateway waits for `connect`.
        response,
        run,  // Something about a run.
        shutdown,
        other,
    };
    // What an event says of its run.
    enum class Course : std::uint8_t { nothing, text, finished, cancelled, failed };

    Kind kind = Kind::other;

    // response
    std::string id = {};
    bool ok = false;
    std::string code = {};  // "UNAVAILABLE", "INVALID_REQUEST"
    std::string message = {};
    bool retryable = false;
    std::int64_t protocol = 0;  // of hello-ok

    // run, and a response about one
    std::string run_id = {};
    Course course = Course::nothing;
    bool accepted = false;  // "accepted": it goes on elsewhere.
    std::string text = {};  // All of it so far, where `whole`; else what is new.
    bool whole = false;
    std::string model = {};
    std::optional<Usage> usage = {};
};

// Refuses what is no JSON object.
Result<Heard> read_frame(std::string_view text);

}  // namespace lifeline::agent::openclaw
