#include "app/agent_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "app/agents.h"
#include "base/asio_loop.h"
#include "base/id.h"
#include "base/random.h"
#include "base/thread_worker.h"
#include "contract/json.h"

namespace lifeline::app {

namespace {

constexpr std::string_view tool_name = "lifeline.check";
constexpr Millis overrun{5'000};

// Runs the loop until the model has said all that it says.
class Asking final : agent::Hearer {
public:
    Asking(AsioLoop& loop, agent::Driver& driver, agent::Prompt prompt)
        : loop_(loop), began_(loop.clock().steady()) {
        heard_.model = driver.model();
        loop.post([this, &driver, prompt = std::move(prompt)]() mutable {
            const Millis most = prompt.timeout + overrun;
            timer_ = loop_.start_timer(most, [this] {
                failed({.reason = "model_timeout", .detail = "it took too long"});
            });
            run_ = driver.start(std::move(prompt), *this);
        });
    }
    CheckedCall wait() {
        loop_.run();
        return std::move(heard_);
    }

private:
    void text(std::string_view piece) override {
        first();
        ++heard_.pieces;
        heard_.text += piece;
    }
    void thought(std::string_view) override {}
    void called(agent::ToolCall call) override {
        first();
        heard_.call = std::move(call);
    }
    void answering(std::string_view model) override { heard_.model = model; }
    void used(const agent::Usage& usage) override { heard_.usage = usage; }
    void ended(std::string_view) override { over(); }
    void failed(const agent::Failure& failure) override {
        heard_.failure = failure;
        over();
    }

    Millis age() const {
        return std::chrono::duration_cast<Millis>(loop_.clock().steady() - began_);
    }
    void first() {
        if (!heard_.first) heard_.first = age();
    }
    void over() {
        heard_.all = age();
        loop_.cancel_timer(timer_);
        run_.reset();
        loop_.stop();
    }

    AsioLoop& loop_;
    SteadyTime began_;
    CheckedCall heard_;
    std::unique_ptr<agent::Run> run_;
    Loop::TimerId timer_ = 0;
};

agent::Prompt prompt_of(const AgentConfig& config, std::string text) {
    SystemRandom random;
    SystemClock clock;
    agent::Prompt prompt;
    prompt.session_id = "sess_check";
    prompt.agent_id = config.settings.user_id;
    prompt.turn_id = new_id("turn_", clock.wall(), random);
    prompt.idempotency_key = prompt.turn_id;
    prompt.system = config.settings.persona;
    prompt.messages = {{.role = agent::Message::Role::user, .text = std::move(text)}};
    prompt.output_tokens_max = config.settings.output_tokens_max;
    prompt.timeout = config.settings.model_timeout;
    return prompt;
}

Result<CheckedCall> ask(const AgentConfig& config, agent::Prompt prompt) {
    AsioLoop loop;
    ThreadWorker resolver("resolver");
    auto client = net::HttpClient::create(loop, resolver, {});
    if (!client) return fail(client.error());
    SystemRandom random;
    const auto keys = read_agent_keys({config});
    if (!keys) return fail(keys.error());
    auto driver = make_driver(config, keys->at(config.settings.name), loop, **client, random);
    if (!driver) return fail(driver.error());
    return Asking(loop, **driver, std::move(prompt)).wait();
}

bool is_asked_for_a_tool(const AgentConfig& config) {
    return config.driver != "scripted" && config.driver != "openclaw";
}

// What to do about an agent that OpenClaw runs.
std::string advice_on_gateway(const AgentConfig& config, const agent::Failure& failure,
                              const std::string& name) {
    if (failure.reason == "model_unreachable")
        return fmt::format("No gateway answers at {}. Does it run, and is {}.gateway right?",
                           config.gateway_host, name);
    if (failure.reason == "gateway_refused")
        return fmt::format(
            "The gateway turned it away. Check {0}.key_file or {0}.key_env, and {0}.gateway_agent.",
            name);
    return "See docs/openclaw.md; the gateway's own log may say why.";
}

}  // namespace

std::optional<std::int64_t> cost_of(const AgentConfig& config, const CheckedCall& call) {
    if (config.driver == "scripted") return 0;  // Nobody is asked.
    const bool priced =
        config.given.contains("prices.input") && config.given.contains("prices.output");
    if (!priced || !call.usage || !call.usage->input_tokens || !call.usage->output_tokens)
        return std::nullopt;
    return agent::amount_of(*call.usage, config.settings.prices, 0).nano;
}

Result<AgentCheck> check_agent(const AgentConfig& config) {
    AgentCheck check;
    auto sentence = ask(config, prompt_of(config, "Say one short sentence."));
    if (!sentence) return fail(sentence.error());
    check.sentence = *std::move(sentence);
    if (check.sentence.failure || !is_asked_for_a_tool(config)) return check;
    agent::Prompt prompt =
        prompt_of(config, "Call the tool lifeline.check with the word ready. Say nothing else.");
    prompt.tools = {{std::string(tool_name), "Call this when you are asked to.",
                     R"({"type":"object","required":["word"],"properties":)"
                     R"({"word":{"type":"string"}}})"}};
    auto tool = ask(config, std::move(prompt));
    if (!tool) return fail(tool.error());
    check.tool = *std::move(tool);
    if (check.tool->call && check.tool->call->name == tool_name) {
        const auto args = contract::Json::parse(check.tool->call->args_json);
        check.tool_called = args && args->is_object();
    }
    return check;
}

std::string AgentCheck::advice(const AgentConfig& config) const {
    const std::string name = "agents." + config.settings.name;
    if (passed()) return {};
    const auto& failure = sentence.failure ? sentence.failure : tool->failure;
    if (!failure)
        return fmt::format(
            "The model called no tool. It can talk but not act: choose one that can call tools "
            "({}.model).",
            name);
    if (config.driver == "openclaw") return advice_on_gateway(config, *failure, name);
    if (failure->reason == "model_unreachable")
        return fmt::format("Nothing answers at {}. Is it running, and is {}.base_url right?",
                           config.base_url, name);
    if (failure->reason == "model_rate_limited")
        return fmt::format(
            "The provider wants patience. Wait, or name other models in "
            "{}.fallback_models.",
            name);
    if (failure->reason == "model_refused")
        return fmt::format(
            "The provider turned it away. Check {0}.key_file or {0}.key_env, "
            "{0}.model and {0}.profile.",
            name);
    if (failure->reason == "model_malformed")
        return fmt::format(
            "What answers at {} does not speak chat completions. Does the path of "
            "{}.base_url end in /v1?",
            config.base_url, name);
    return "Try again; if it stays so, the provider's own status page may say why.";
}

}  // namespace lifeline::app
