#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/agent_check.h"
#include "app/agent_probe_command.h"
#include "app/commands.h"
#include "app/serve_options.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    std::string name;
    bool json = false;
};

std::string known_or(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "unknown";
}

void print_call(std::string_view what, const AgentConfig& config, const CheckedCall& call) {
    std::printf("  %-9s", std::string(what).c_str());
    if (call.failure) {
        std::printf("failed: %s: %s\n", call.failure->reason.c_str(), call.failure->detail.c_str());
        return;
    }
    const agent::Usage usage = call.usage.value_or(agent::Usage());
    const auto cost = cost_of(config, call);
    std::printf("first after %lld ms, all after %lld ms, tokens in %s out %s, cost %s%s\n",
                static_cast<long long>(call.first.value_or(call.all).count()),
                static_cast<long long>(call.all.count()), known_or(usage.input_tokens).c_str(),
                known_or(usage.output_tokens).c_str(), known_or(cost).c_str(), cost ? " nano" : "");
}

void write_call(contract::JsonWriter& json, const AgentConfig& config, const CheckedCall& call) {
    json.object().key("ok").value(!call.failure.has_value());
    if (call.failure) {
        json.key("reason").value(call.failure->reason).key("detail").value(call.failure->detail);
    } else {
        json.key("text").value(call.text).key("pieces").value(call.pieces);
        json.key("firstMs").value(call.first.value_or(call.all).count());
    }
    json.key("allMs").value(call.all.count());
    if (!call.model.empty()) json.key("model").value(call.model);
    const auto known = [&json](std::string_view key, const std::optional<std::int64_t>& value) {
        json.key(key);
        value ? json.value(*value) : json.null();
    };
    const agent::Usage usage = call.usage.value_or(agent::Usage());
    known("inputTokens", usage.input_tokens);
    known("cachedTokens", usage.cached_tokens);
    known("outputTokens", usage.output_tokens);
    known("costNano", cost_of(config, call));
    json.end();
}

void show(const AgentConfig& config, const AgentCheck& check, bool as_json) {
    const std::string advice = check.advice(config);
    if (as_json) {
        contract::JsonWriter json;
        json.object().key("name").value(config.settings.name).key("driver").value(config.driver);
        json.key("passed").value(check.passed()).key("sentence");
        write_call(json, config, check.sentence);
        if (check.tool) {
            json.key("tool");
            write_call(json, config, *check.tool);
            json.key("toolCalled").value(check.tool_called);
        }
        if (!advice.empty()) json.key("advice").value(advice);
        std::printf("%s\n", json.end().take().c_str());
        return;
    }
    std::printf("%s (%s%s%s): %s\n", config.settings.name.c_str(), config.driver.c_str(),
                check.sentence.model.empty() ? "" : ", ", check.sentence.model.c_str(),
                check.passed() ? "ready" : "not ready");
    print_call("sentence", config, check.sentence);
    if (check.tool) print_call("tool", config, *check.tool);
    if (config.driver == "openclaw")
        std::printf("  its tools are looked at by lifeline agent probe\n");
    if (!advice.empty()) std::printf("  %s\n", advice.c_str());
}

int check(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    bool all_passed = true;
    bool found = false;
    for (const AgentConfig& agent : config->agents) {
        if (!options.name.empty() && agent.settings.name != options.name) continue;
        found = true;
        const auto checked = check_agent(agent);
        if (!checked) return report(checked.error());
        show(agent, *checked, options.json);
        all_passed = all_passed && checked->passed();
    }
    if (!found)
        return report({Code::malformed, "config_invalid",
                       options.name.empty()
                           ? "no agent is configured: name one in [agents.NAME]"
                           : fmt::format("there is no [agents.{}]", options.name)});
    return all_passed ? 0 : 1;
}

}  // namespace

void add_agents(Command app) {
    auto options = std::make_shared<Options>();
    auto family = app.family("agent", "The agents that the server runs");
    auto command = family.command(
        "check", "Asks an agent's model for a sentence and a tool call: how fast, how many tokens");
    command.option("name", options->name, "Of [agents.NAME]; all of them when left out");
    command.option("--config", options->serve.config, "A TOML file with settings");
    command.flag("--json", options->json, "A line of JSON for each, for programs");
    command.runs([options] { return check(*options); });
    add_agent_probe(family.command(
        "probe", "Whether an agent has tools of its own that act past the gates; 1 when it does"));
}

}  // namespace lifeline::app
