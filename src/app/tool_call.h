#pragma once

#include <string>

#include "app/config.h"
#include "app/executors.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "base/result.h"
#include "base/thread_worker.h"
#include "orchestration/outcome.h"
#include "rulebook/rulebook.h"

namespace lifeline::app {

// One tool of a configuration, called by hand without a server: judged by the rules in force in the
// data folder as an agent's request would be, and run by the same executor. Blocks.
class ToolCall {
public:
    struct Wish {
        std::string name;
        std::string args_json;
        std::string session_id;  // The call that it is told it is for.
        std::string account_id;  // Whose rules and stops count; empty: those of all accounts.
    };

    // Looks at what MCP servers offer where the tool is not declared; tool_invalid where nobody has
    // it, args_invalid where it does not take these arguments.
    static Result<std::unique_ptr<ToolCall>> prepare(const Config& config, Wish wish);

    const tools::Tool& tool() const { return tool_; }
    // What policy and kill switches say of it, with nothing known of a day or of an engine.
    call::Ruling ruling() const;
    // What a person would be shown.
    call::Shown shown() const;
    orchestration::Outcome run();

private:
    ToolCall() = default;
    Result<void> find(const Config& config);
    // Runs the loop until `start` has called back.
    template <class T>
    T wait(std::move_only_function<void(std::move_only_function<void(T)>)> start);

    AsioLoop loop_;
    ThreadWorker resolver_{"resolver"};
    SystemRandom random_;
    std::unique_ptr<net::HttpClient> client_;
    std::unique_ptr<Executors> executors_;
    orchestration::Executor* executor_ = nullptr;
    std::unique_ptr<rulebook::Rulebook> rulebook_;
    tools::Tool tool_;
    Wish wish_;
};

}  // namespace lifeline::app
