#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/executors.h"
#include "base/asio_loop.h"
#include "base/result.h"
#include "net/http_client.h"
#include "orchestration/assessor.h"
#include "orchestration/document_executor.h"
#include "orchestration/mcp_client.h"
#include "orchestration/policy_engine.h"
#include "orchestration/prober.h"
#include "orchestration/progress.h"
#include "orchestration/runner.h"
#include "orchestration/session_work.h"
#include "rulebook/rulebook.h"
#include "session/documents.h"
#include "session/sessions.h"

namespace lifeline::app {

// All by which an approved action becomes an effect: the tools of the configuration with what runs
// each, the policy, the tools that MCP servers offer, and the runner. Tells the calls which tools
// and which policy there are; the calls tell it when there is work. Lives on the first loop.
class Effects {
public:
    struct Parts {
        AsioLoop& home;
        net::HttpClient& client;
        session::Sessions& sessions;
        session::Documents& documents;
        journal::Journal& journal;
        orchestration::Assessor::Count count;  // How many actions there are today.
    };

    // Reads secrets; refuses what cannot be used, naming it. Goes by the standard policy until it
    // is given another.
    static Result<std::unique_ptr<Effects>> create(Parts parts, const Config& config);
    ~Effects();

    // Asks the MCP servers what they offer, and again while one does not answer.
    void start();
    // What was decided stands; `in_force` when nothing is claimed or decided by the old one.
    void take_policy(safety::Policy policy, Millis confirm_within,
                     std::move_only_function<void()> in_force);
    // `in_force` when no call claims anything any more that they stop.
    void take_switches(safety::KillSwitches switches, std::move_only_function<void()> in_force);
    // Starts nothing more; `done` when what runs has come to an end.
    void drain(std::move_only_function<void()> done);

    // What can be asked for now.
    const tools::Registry& registry() const { return registry_; }
    orchestration::RunnerCounters counters() const { return runner_->counters(); }

private:
    struct Server {
        tools::McpServer config;
        Loop::TimerId again = 0;
    };
    Effects(Parts parts, const Config& config);

    Result<orchestration::Executor*> executor_of(const tools::Tool& tool);
    Status add_tool(const tools::Tool& tool);
    Status add_server(const tools::McpServer& server);
    void ask(Server& server);
    void offered(Server& server, const std::vector<orchestration::McpTool>& listed);
    void tell_progress(const orchestration::Job& job, const orchestration::Progress& progress);
    void tell_calls();
    std::shared_ptr<const rulebook::Rulebook> rulebook();
    void look(const std::string& session_id);
    void look_later(const std::string& session_id);

    Parts parts_;
    std::vector<tools::Tool> tools_;
    tools::Registry registry_;
    safety::Policy policy_;
    Millis confirm_within_;
    safety::KillSwitches switches_;
    std::map<std::string, Server> servers_;
    orchestration::ProgressDesk progress_;
    Executors executors_;
    orchestration::DocumentExecutor document_executor_;
    std::optional<orchestration::PolicyEngine> engine_;
    orchestration::SessionWork work_;
    std::optional<orchestration::Assessor> assessor_;
    orchestration::Prober prober_;
    std::unique_ptr<orchestration::Runner> runner_;  // Goes before what it runs.
    std::set<std::string> refused_;
    Loop::TimerId refused_timer_ = 0;
    bool draining_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
