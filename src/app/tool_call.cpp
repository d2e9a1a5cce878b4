#include "app/tool_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/known_tools.h"
#include "app/rules_in_force.h"
#include "base/id.h"
#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::app {

namespace {

constexpr Millis offer_timeout = std::chrono::seconds(20);

}  // namespace

template <class T>
T ToolCall::wait(std::move_only_function<void(std::move_only_function<void(T)>)> start) {
    std::optional<T> outcome;
    loop_.post([&] {
        start([&](T result) {
            outcome = std::move(result);
            loop_.stop();
        });
    });
    loop_.context().restart();
    loop_.run();
    return std::move(*outcome);
}

Result<void> ToolCall::find(const Config& config) {
    const std::string& name = wish_.name;
    std::vector<tools::Tool> known = standing_tools(config);
    for (const tools::McpServer& server : config.mcp) {
        if (auto added = executors_->add_server(server); !added) return fail(added.error());
        const bool declared = std::ranges::find(known, name, &tools::Tool::name) != known.end();
        if (declared || !name.starts_with(server.prefix)) continue;
        using Listed = Result<std::vector<orchestration::McpTool>>;
        const auto listed = wait<Listed>([&](auto done) {
            executors_->server(server.name).list_tools(offer_timeout, std::move(done));
        });
        if (!listed) return fail(listed.error());
        const auto offer = read_offer(server, *listed);
        if (!offer) return fail(offer.error());
        known.insert(known.end(), offer->tools.begin(), offer->tools.end());
    }
    const auto found = std::ranges::find(known, name, &tools::Tool::name);
    if (found == known.end())
        return fail(Code::malformed, "tool_invalid", fmt::format("no tool is called {}", name));
    tool_ = *found;
    auto rules = read_rules_in_force(config);
    if (!rules) return fail(rules.error());
    auto registry = tools::Registry::create({tool_});
    if (!registry) return fail(registry.error());
    rulebook_ = std::make_unique<rulebook::Rulebook>(
        rulebook::Rulebook::Parts{.tools = std::move(*registry),
                                  .policy = std::move(rules->policy.policy),
                                  .kill_switches = std::move(rules->switches)});
    return {};
}

Result<std::unique_ptr<ToolCall>> ToolCall::prepare(const Config& config, Wish wish) {
    const auto args = contract::Json::parse(wish.args_json);
    if (!args || !args->is_object())
        return fail(Code::malformed, "args_invalid", "--args must be a JSON object");
    std::unique_ptr<ToolCall> made(new ToolCall());
    auto client = net::HttpClient::create(made->loop_, made->resolver_, {});
    if (!client) return fail(client.error());
    made->client_ = std::move(*client);
    made->executors_ = std::make_unique<Executors>(made->loop_, *made->client_);
    made->wish_ = std::move(wish);
    made->wish_.args_json = contract::canonical_json(*args);
    if (auto found = made->find(config); !found) return fail(found.error());
    if (auto fits = made->rulebook_->check_args(made->wish_.name, made->wish_.args_json); !fits)
        return fail(fits.error());
    auto executor = made->executors_->add(made->tool_);
    if (!executor) return fail(executor.error());
    made->executor_ = *executor;
    return made;
}

call::Ruling ToolCall::ruling() const {
    call::Question question;
    question.action_type = tool_.name;
    question.risk = tool_.risk;
    question.session_id = wish_.session_id;
    question.account_id = wish_.account_id;
    question.args_json = wish_.args_json;
    return rulebook_->rule(question);
}

call::Shown ToolCall::shown() const {
    return rulebook_->show(tool_.name, "", wish_.args_json);
}

orchestration::Outcome ToolCall::run() {
    return wait<orchestration::Outcome>([&](auto done) {
        orchestration::Job job;
        job.session_id = wish_.session_id;
        job.action_id = new_id("act_", loop_.clock().wall(), random_);
        job.action_type = tool_.name;
        job.args_json = wish_.args_json;
        job.repeatable = tools::repeatable(tool_);
        job.timeout = tool_.timeout;
        executor_->execute(std::move(job), std::move(done));
    });
}

}  // namespace lifeline::app
