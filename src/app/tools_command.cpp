#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/serve_options.h"
#include "contract/json_writer.h"
#include "tools/read_tools.h"
#include "tools/registry.h"

namespace lifeline::app {

namespace {

struct Options {
    ServeOptions serve;
    bool json = false;
};

// What a configuration declares. In JSON {"hash":"...","tools":[...],"mcp":[...]}, with all that
// can be set; what MCP servers offer is known only to a server that runs.
int list(const Options& options) {
    const auto config = effective_config(options.serve);
    if (!config) return report(config.error());
    const auto registry = tools::Registry::create(config->tools);
    if (!registry) return report(registry.error());
    Listing table({{"NAME", "name"},
                   {"KIND", "kind"},
                   {"RISK", "risk"},
                   {"IDEMPOTENT", "idempotent"},
                   {"TIMEOUT", "timeout"}});
    contract::JsonWriter json;
    json.object().key("hash").value(registry->hash()).key("tools").array();
    for (const auto& tool : registry->tools()) {
        table.row({tool.name, std::string(to_text(tool.kind)),
                   std::string(contract::to_text(tool.risk)), tool.idempotent ? "yes" : "no",
                   std::to_string(tool.timeout.count()) + " ms"});
        json.raw(tools::show_tool(tool));
    }
    json.end().key("mcp").array();
    for (const auto& server : config->mcp) {
        table.row({server.prefix + "*", "mcp", "as " + server.name + " says", "",
                   std::to_string(server.timeout.count()) + " ms"});
        json.raw(tools::show_mcp_server(server));
    }
    json.end().end();
    if (options.json)
        std::printf("%s\n", json.take().c_str());
    else
        table.print(Listing::Output::table, "tools");
    return 0;
}

}  // namespace

void add_tools(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("tools", "Which actions a configuration declares");
    command->add_option("--config", options->serve.config, "A TOML file with settings");
    command->add_flag("--json", options->json, "JSON, for programs");
    command->callback([options, &exit_code] { exit_code = list(*options); });
}

}  // namespace lifeline::app
