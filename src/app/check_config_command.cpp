#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/policy_file.h"
#include "app/serve_options.h"
#include "app/settings.h"
#include "app/show_agents.h"
#include "contract/json_writer.h"
#include "tools/read_tools.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    bool json = false;
};

std::string_view text_of(Source source) {
    switch (source) {
        case Source::standard:
            return "default";
        case Source::file:
            return "file";
        case Source::flag:
            return "flag";
        case Source::file_and_flag:
            return "file and flag";
    }
    return "";
}

// What serve is told by flags alone, and then every setting; values are JSON.
std::vector<std::pair<std::string, std::string>> values_of(const Config& config) {
    std::string data;
    contract::append_json_string(data, config.data.string());
    std::vector<std::pair<std::string, std::string>> values{
        {"data", data},
        {"dev", config.dev ? "true" : "false"},
        {"dev_agent", config.dev_agent ? "true" : "false"}};
    for (const auto& [name, setting] : settings()) values.emplace_back(name, setting.show(config));
    return values;
}

// Each with where it came from: in JSON {"settings":[{"name","value","from"}],"issuers":[...],
// "tools":[...],"mcp":[...],"agents":[{"name","settings":[...]}]}.
int check_config(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    if (const auto policy = load_policy(config->policy_file); !policy)
        return report(policy.error());
    Listing table({{"SETTING", "name"}, {"VALUE", "value"}, {"FROM", "from"}});
    contract::JsonWriter json;
    json.object().key("settings").array();
    for (const auto& [name, value] : values_of(*config)) {
        const auto given = config->sources.find(name);
        const auto from =
            text_of(given == config->sources.end() ? Source::standard : given->second);
        table.row({name, value, std::string(from)});
        json.object().key("name").value(name);
        json.key("value").raw(value).key("from").value(from).end();
    }
    json.end().key("issuers").array();
    for (const auto& issuer : config->issuers) {
        table.row({"issuers", show_issuer(issuer), std::string(text_of(Source::file))});
        json.raw(show_issuer(issuer));
    }
    json.end().key("tools").array();
    for (const auto& tool : config->tools) {
        table.row({"tools", tools::show_tool(tool), std::string(text_of(Source::file))});
        json.raw(tools::show_tool(tool));
    }
    json.end().key("mcp").array();
    for (const auto& server : config->mcp) {
        table.row({"mcp", tools::show_mcp_server(server), std::string(text_of(Source::file))});
        json.raw(tools::show_mcp_server(server));
    }
    json.end().key("agents").array();
    for (const auto& agent : config->agents) {
        json.object().key("name").value(agent.settings.name).key("settings").array();
        for (const auto& [name, value, source] : show_agent(agent)) {
            const auto from = text_of(source);
            table.row(
                {fmt::format("agents.{}.{}", agent.settings.name, name), value, std::string(from)});
            json.object().key("name").value(name);
            json.key("value").raw(value).key("from").value(from).end();
        }
        json.end().end();
    }
    json.end().end();
    if (options.json)
        std::printf("%s\n", json.take().c_str());
    else
        table.print(Listing::Output::table, "settings");
    return 0;
}

}  // namespace

void add_check_config(Command app) {
    auto options = std::make_shared<Options>();
    auto command = app.command(
        "check-config", "What serve would take from a file and its flags, and where it is from");
    add_serve_options(command, options->serve);
    command.flag("--json", options->json, "JSON, for programs");
    command.runs([options] { return check_config(*options); });
}

}  // namespace lifeline::app
