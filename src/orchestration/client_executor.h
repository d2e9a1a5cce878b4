#pragma once

#include <string_view>

#include "base/loop.h"
#include "orchestration/executor.h"

namespace lifeline::orchestration {

// A tool that the app runs: the call's own events are the request (orchestration.action.started)
// and the answer (orchestration.action.outcome.reported), so all there is to do is to say so.
// Cancelling is an event too.
class ClientExecutor final : public Executor {
public:
    explicit ClientExecutor(Loop& loop) : loop_(loop) {}

    void execute(Job job, Done done) override;
    void call_off(std::string_view, std::string_view) override {}

private:
    Loop& loop_;
};

}  // namespace lifeline::orchestration
