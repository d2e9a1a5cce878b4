#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/agent_probe.h"
#include "app/agent_probe_command.h"
#include "app/commands.h"
#include "app/serve_options.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    std::string name;
    std::string session_id;
    bool json = false;
};

// {"name","driver","passed","complete","seesLifeline"?,"tools":[{"id","source","reach"}],"advice"?}
void show_json(const AgentConfig& config, const AgentProbe& probe) {
    contract::JsonWriter json;
    json.object().key("name").value(config.settings.name).key("driver").value(config.driver);
    json.key("passed").value(probe.passed()).key("complete").value(probe.found.complete);
    if (config.driver == "openclaw") json.key("seesLifeline").value(probe.sees_ours());
    json.key("tools").array();
    for (const auto& tool : probe.found.tools) {
        json.object().key("id").value(tool.id).key("source").value(tool.source);
        json.key("reach").value(to_text(tool.reach)).end();
    }
    json.end();
    if (!probe.passed()) json.key("advice").value(probe.advice());
    std::printf("%s\n", json.end().take().c_str());
}

void show(const AgentConfig& config, const AgentProbe& probe) {
    const auto past = probe.past_the_gates();
    std::printf(
        "%s\n",
        fmt::format("{} ({}): {}", config.settings.name, config.driver,
                    config.driver != "openclaw" ? "has no tools but those that Lifeline gives it"
                    : past.empty() && !probe.passed()
                        ? fmt::format("none of the {} tools that it lists so far leads past the "
                                      "gates, and those of its MCP servers are not among them",
                                      probe.found.tools.size())
                    : past.empty() ? fmt::format("none of its {} tools leads past the gates",
                                                 probe.found.tools.size())
                                   : fmt::format("{} of its {} tools lead past the gates",
                                                 past.size(), probe.found.tools.size()))
            .c_str());
    for (const auto& tool : past)
        std::printf(
            "  %s\n",
            fmt::format("{:<24} {:<10} {}", tool.id, to_text(tool.reach), tool.source).c_str());
    if (!probe.passed()) std::printf("  %s\n", probe.advice().c_str());
    if (config.driver == "openclaw" && probe.found.complete && !probe.sees_ours())
        std::printf("  It does not see Lifeline's tools; see docs/openclaw.md.\n");
}

int probe(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    bool all_passed = true;
    bool found = false;
    for (const AgentConfig& agent : config->agents) {
        if (!options.name.empty() && agent.settings.name != options.name) continue;
        found = true;
        const auto probed = probe_agent(agent, options.session_id);
        if (!probed) return report(probed.error());
        options.json ? show_json(agent, *probed) : show(agent, *probed);
        all_passed = all_passed && probed->passed();
    }
    if (!found)
        return report({Code::malformed, "config_invalid",
                       options.name.empty()
                           ? "no agent is configured: name one in [agents.NAME]"
                           : fmt::format("there is no [agents.{}]", options.name)});
    return all_passed ? 0 : 1;
}

}  // namespace

void add_agent_probe(Command command) {
    auto options = std::make_shared<Options>();
    command.option("name", options->name, "Of [agents.NAME]; all of them when left out");
    command.option("--session", options->session_id,
                   "A call in which it had a turn: where the tools of its MCP servers are known");
    command.option("--config", options->serve.config, "A TOML file with settings");
    command.flag("--json", options->json, "A line of JSON for each, for programs");
    command.runs([options] { return probe(*options); });
}

}  // namespace lifeline::app
