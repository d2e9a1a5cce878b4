#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "orchestration/executor.h"

namespace lifeline::orchestration {

// An approved action that nobody runs.
struct Claimable {
    std::string action_id = {};
    std::string action_type = {};
    bool repeatable = false;
    Millis timeout{30'000};
    int attempt_next = 1;
    std::optional<WallTime> not_before = {};  // Of a retry.
};

// Where the runner takes work from and brings outcomes to: the calls' own streams. Each `done` is
// called once, on the runner's loop, and never from inside the call.
class Work {
public:
    virtual ~Work() = default;

    // In the order in which they were approved.
    virtual void list(std::string session_id,
                      std::move_only_function<void(Result<std::vector<Claimable>>)> done) = 0;
    // Durable before it is answered. A refusal (someone else has it, it is blocked, it is over) is
    // no error of the runner's; of reasons that errors.json calls retryable it asks again later.
    virtual void claim(std::string session_id, std::string action_id, std::string executor,
                       Millis lease, std::move_only_function<void(Result<Job>)> done) = 0;
    // Durable before it is answered. After a retryable reason the same outcome is brought again
    // until it is taken; after another one it is not wanted any more (its lease was over).
    virtual void finish(Job job, Outcome outcome, std::move_only_function<void(Status)> done) = 0;
};

}  // namespace lifeline::orchestration
