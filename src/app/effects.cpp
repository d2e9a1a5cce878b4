#include "app/effects.h"

#include <algorithm>
#include <utility>

#include "app/known_tools.h"
#include "app/secret_source.h"
#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr Millis offer_timeout = std::chrono::seconds(20);
constexpr Millis asked_again_after = std::chrono::seconds(30);
constexpr Millis refused_again_after = std::chrono::seconds(1);
// A judgement waits so much longer than the engine has, for the way there and back.
constexpr Millis evaluate_margin = std::chrono::seconds(2);

}  // namespace

Result<std::unique_ptr<Effects>> Effects::create(Parts parts, const Config& config) {
    std::unique_ptr<Effects> made(new Effects(std::move(parts), config));
    for (const tools::McpServer& server : config.mcp)
        if (const auto added = made->add_server(server); !added) return fail(added.error());
    for (const tools::Tool& tool : standing_tools(config))
        if (const auto added = made->add_tool(tool); !added) return fail(added.error());
    if (const auto registry = tools::Registry::create(made->tools_); !registry)
        return fail(registry.error());
    if (!config.engine_url.empty()) {
        orchestration::PolicyEngineConfig engine{.url = config.engine_url,
                                                 .timeout = config.engine_timeout};
        if (!config.engine_token_file.empty()) {
            auto token = read_secret_file("safety.engine.token_file", config.engine_token_file);
            if (!token) return fail(token.error());
            engine.token = std::move(*token);
        }
        made->engine_.emplace(made->parts_.client, std::move(engine));
    }
    made->assessor_.emplace(made->parts_.home, made->parts_.sessions,
                            made->engine_ ? &*made->engine_ : nullptr, made->parts_.count);
    made->tell_calls();
    return made;
}

Effects::Effects(Parts parts, const Config& config)
    : parts_(std::move(parts)),
      policy_(safety::Policy::standard()),
      confirm_within_(config.confirm_within),
      progress_(parts_.home,
                [this](const orchestration::Job& job, const orchestration::Progress& progress) {
                    tell_progress(job, progress);
                },
                {}),
      executors_(parts_.home, parts_.client,
                 [this](const orchestration::Job& job, orchestration::Progress progress) {
                     progress_.take(job, std::move(progress));
                 }),
      document_executor_(parts_.home, parts_.sessions, parts_.documents, parts_.journal),
      work_(parts_.sessions, parts_.home),
      prober_(parts_.home, work_),
      runner_(std::make_unique<orchestration::Runner>(
          parts_.home, work_, std::map<std::string, orchestration::ToolRoute>{})) {
    for (const auto& shard : parts_.sessions.shards())
        shard->on_work = [this, &home = parts_.home, alive = alive_](const std::string& id) {
            home.post([this, alive, id] {
                if (*alive) look(id);
            });
        };
}

Effects::~Effects() {
    *alive_ = false;
    if (refused_timer_ != 0) parts_.home.cancel_timer(refused_timer_);
    for (auto& [name, server] : servers_)
        if (server.again != 0) parts_.home.cancel_timer(server.again);
}

// The calls say that something may be claimed, or runs and is not wanted any more.
void Effects::look(const std::string& session_id) {
    assessor_->look(session_id);
    prober_.look(session_id);
    if (!runner_->poke(session_id)) return look_later(session_id);
    work_.called_off(session_id, [this, alive = alive_, session_id](std::vector<std::string> ids) {
        if (!*alive) return;
        for (const std::string& id : ids) runner_->cancel(session_id, id);
    });
}

// The runner's queue is full, or it takes nothing more.
void Effects::look_later(const std::string& session_id) {
    if (draining_) return;
    refused_.insert(session_id);
    if (refused_timer_ != 0) return;
    refused_timer_ = parts_.home.start_timer(refused_again_after, [this] {
        refused_timer_ = 0;
        for (const std::string& id : std::exchange(refused_, {})) look(id);
    });
}

void Effects::drain(std::move_only_function<void()> done) {
    draining_ = true;
    prober_.stop();
    runner_->drain(std::move(done));
}

Result<orchestration::Executor*> Effects::executor_of(const tools::Tool& tool) {
    if (is_of_documents(tool)) return &document_executor_;
    return executors_.add(tool);
}

Status Effects::add_tool(const tools::Tool& tool) {
    auto executor = executor_of(tool);
    if (!executor) return fail(executor.error());
    orchestration::ToolRoute route;
    route.executor = *executor;
    route.name = tools::to_text(tool.kind);
    route.per_minute = static_cast<std::size_t>(tool.per_minute);
    runner_->add(tool.name, std::move(route));
    const auto probe = executors_.add_probe(tool);
    if (!probe) return fail(probe.error());
    if (*probe != nullptr) prober_.add(tool.name, **probe);
    tools_.push_back(tool);
    return {};
}

Status Effects::add_server(const tools::McpServer& config) {
    if (auto added = executors_.add_server(config); !added) return added;
    servers_.emplace(config.name, Server{.config = config});
    return {};
}

void Effects::start() {
    for (auto& [name, server] : servers_) ask(server);
}

void Effects::ask(Server& server) {
    executors_.server(server.config.name)
        .list_tools(offer_timeout, [this, &server, alive = alive_](
                                       Result<std::vector<orchestration::McpTool>> listed) {
            if (!*alive) return;
            if (listed) return offered(server, *listed);
            log::warn("mcp={} does not say what it offers reason={} {}", server.config.name,
                      listed.error().reason, listed.error().detail);
            server.again = parts_.home.start_timer(asked_again_after, [this, &server] {
                server.again = 0;
                ask(server);
            });
        });
}

// What the configuration says of a tool counts over what its server does.
void Effects::offered(Server& server, const std::vector<orchestration::McpTool>& listed) {
    const auto offer = read_offer(server.config, listed);
    if (!offer) {
        log::warn("mcp={} offers what cannot be read {}", server.config.name, offer.error().detail);
        return;
    }
    for (const Error& refused : offer->refused)
        log::warn("mcp={} a tool is left out {}", server.config.name, refused.detail);
    std::size_t added = 0;
    for (const tools::Tool& tool : offer->tools) {
        const bool known = std::ranges::find(tools_, tool.name, &tools::Tool::name) != tools_.end();
        if (!known && add_tool(tool)) ++added;
    }
    log::info("mcp={} tools={}", server.config.name, added);
    tell_calls();
}

void Effects::take_policy(safety::Policy policy, Millis confirm_within,
                          std::move_only_function<void()> in_force) {
    policy_ = std::move(policy);
    confirm_within_ = confirm_within;
    parts_.sessions.take_judge(rulebook(), parts_.home, std::move(in_force));
}

void Effects::take_switches(safety::KillSwitches switches,
                            std::move_only_function<void()> in_force) {
    switches_ = std::move(switches);
    parts_.sessions.take_judge(rulebook(), parts_.home, std::move(in_force));
}

// A word that is not taken (the attempt is over, storage is busy) was only news.
void Effects::tell_progress(const orchestration::Job& job,
                            const orchestration::Progress& progress) {
    parts_.sessions.submit(
        job.session_id,
        {call::ReportProgress{job.action_id, job.fence, progress.message, progress.percent},
         {"server", "lifeline"},
         contract::Role::server},
        parts_.home, [](const Result<session::Receipt>&) {});
}

void Effects::tell_calls() {
    auto registry = tools::Registry::create(tools_);
    if (registry)
        registry_ = std::move(*registry);
    else
        log::error("tools stay as they were: {}", registry.error().detail);
    parts_.sessions.take_judge(rulebook());
}

std::shared_ptr<const rulebook::Rulebook> Effects::rulebook() {
    return std::make_shared<rulebook::Rulebook>(rulebook::Rulebook::Parts{
        .tools = registry_,
        .policy = policy_,
        .kill_switches = switches_,
        .confirm_within = confirm_within_,
        .engine = engine_.has_value(),
        .evaluate_within = (engine_ ? engine_->timeout() : Millis{0}) + evaluate_margin});
}

}  // namespace lifeline::app
