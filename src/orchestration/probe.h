#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/json.h"

namespace lifeline::orchestration {

// An action of which nobody knows what came.
struct Unresolved {
    std::string session_id = {};
    std::string action_id = {};
    std::string action_type = {};
    std::string idempotency_key = {};  // The one that the request came with.
    int attempt = 1;
    WallTime probe_at = {};

    friend bool operator==(const Unresolved&, const Unresolved&) = default;
};

// What the other side says of it. Texts fit the event they become part of.
struct ProbeAnswer {
    enum class Said : std::uint8_t {
        done,
        not_done,  // And it will not be: what comes in later under this key is refused there.
        unknown,   // Whatever is not one of these two.
    };
    Said said = Said::unknown;
    std::string message = {};      // For people.
    std::string result_json = {};  // Done: an object, or nothing.
    std::string effect_id = {};    // Done.

    friend bool operator==(const ProbeAnswer&, const ProbeAnswer&) = default;
};

// {"status": "done" | "not_done" | "unknown", "summary"?, "message"?, "effectId"?, "result"?}. Only
// a plain word counts: to take anything else for "not done" would be to guess.
ProbeAnswer probe_answer_of(const contract::Json& json);
// {"actionId","actionType","sessionId","attempt","idempotencyKey"}: without the arguments, so that
// nobody can take it for the request.
std::string probe_question(const Unresolved& action);

// Asks a tool what came of an action. Lives on one loop and answers there, once for each question
// and never from inside ask().
class Probe {
public:
    using Done = std::move_only_function<void(ProbeAnswer)>;

    virtual ~Probe() = default;
    virtual void ask(const Unresolved& action, Millis timeout, Done done) = 0;
};

}  // namespace lifeline::orchestration
