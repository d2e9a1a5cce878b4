#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

// One claimed attempt of one action.
struct Job {
    std::string session_id = {};
    std::string action_id = {};
    std::string action_type = {};
    std::string args_json = "{}";      // An object; the bytes that were approved.
    std::string idempotency_key = {};  // What the agent gave; may be empty.
    int attempt = 1;
    std::uint64_t fence = 0;  // The `seq` of orchestration.action.started.
    bool repeatable = false;  // Read-only or idempotent: twice is as good as once.
    Millis timeout{30'000};   // Of the attempt in all.
};

// What twice is once by, everywhere: the agent's key or else the action's id, and the call, in
// which alone they are unique. Of two calls whose agents chose the same key each is done.
std::string idempotency_key_of(const Job& job);

// Does what a tool does. Lives on one loop, is called there and answers there, once for each job
// and never from inside execute(). Holds to the job's timeout by itself.
//
// Promises to say `unknown` of whatever may have happened, repeatable or not: who asked decides
// whether it is tried again, and what is said when that does not help.
class Executor {
public:
    using Done = std::move_only_function<void(Outcome)>;

    virtual ~Executor() = default;
    virtual void execute(Job job, Done done) = 0;
    // Best effort: what has not left does not leave any more, what can be stopped is asked to stop.
    // `done` still comes, with whatever is true then. Unknown jobs are nobody's mistake.
    virtual void call_off(std::string_view session_id, std::string_view action_id) = 0;
};

}  // namespace lifeline::orchestration
