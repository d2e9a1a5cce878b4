#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "base/loop.h"
#include "orchestration/executor.h"

namespace lifeline::orchestration {

// Tools that need nothing: `lifeline.noop` does nothing, `lifeline.echo` gives its arguments back.
// For trying things out, and for tests of everything around them.
class BuiltinExecutor final : public Executor {
public:
    explicit BuiltinExecutor(Loop& loop) : loop_(loop) {}

    void execute(Job job, Done done) override;
    // They are over before anybody can ask.
    void call_off(std::string_view, std::string_view) override {}

private:
    Loop& loop_;
};

}  // namespace lifeline::orchestration
