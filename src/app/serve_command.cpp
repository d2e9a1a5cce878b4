#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/config.h"
#include "app/server.h"

namespace lifeline::app {

namespace {

struct ServeOptions {
    std::string config;
    std::string data;
    std::string listen;
    std::string public_url;
    std::vector<std::string> origins;
    std::string log_level;
    bool dev = false;
    bool dev_agent = false;
};

Result<Config> effective(const ServeOptions& options) {
    auto config = read_config(options.config);
    if (!config) return config;
    if (!options.data.empty()) config->data = options.data;
    if (!options.public_url.empty()) config->public_url = options.public_url;
    if (!options.listen.empty())
        if (const auto set = set_listen(*config, options.listen); !set) return fail(set.error());
    for (const auto& origin : options.origins) config->origins.push_back(origin);
    if (options.log_level == "debug") config->log_level = log::Level::debug;
    if (options.log_level == "warn") config->log_level = log::Level::warn;
    if (options.log_level == "error") config->log_level = log::Level::error;
    config->dev = options.dev;
    config->dev_agent = options.dev_agent;
    return config;
}

int serve(const ServeOptions& options) {
    auto config = effective(options);
    if (!config) return report(config.error());
    log::configure(config->log_level, config->log_format);
    Server server(std::move(*config));
    if (const auto ran = server.run(); !ran) return report(ran.error());
    return 0;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ServeOptions>();
    auto* serve_command = app.add_subcommand("serve", "Serve calls from one data folder");
    serve_command->add_option("--data", options->data, "The data folder (default: data)");
    serve_command->add_option("--config", options->config, "A TOML file with settings");
    serve_command->add_option("--listen", options->listen,
                              "address:port (default 127.0.0.1:8787; port 0: any free one)");
    serve_command->add_option("--public-url", options->public_url,
                              "How clients reach this server, for links and connect URLs");
    serve_command->add_option("--origin", options->origins,
                              "A web origin that may use this server; may be given again");
    serve_command->add_option("--log-level", options->log_level, "debug, info, warn or error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    serve_command->add_flag("--dev", options->dev,
                            "Development mode: pages on this machine may mint tokens");
    serve_command->add_flag("--dev-agent", options->dev_agent,
                            "With --dev: calls invite the scripted agent, usr_dev_agent");
    serve_command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace lifeline::app
