#include "app/serve_options.h"

namespace lifeline::app {

void add_serve_options(Command command, ServeOptions& options) {
    command.option("--data", options.data, "The data folder (default: data)");
    command.option("--config", options.config, "A TOML file with settings");
    command.option("--listen", options.listen,
                   "address:port (default 127.0.0.1:8787; port 0: any free one)");
    command.option("--public-url", options.public_url,
                   "How clients reach this server, for links and connect URLs");
    command.option("--origin", options.origins,
                   "A web origin that may use this server; may be given again");
    command.option("--log-level", options.log_level, "debug, info, warn or error")
        .one_of({"debug", "info", "warn", "error"});
    command.flag("--dev", options.dev, "Development mode: pages on this machine may mint tokens");
    command.flag("--dev-agent", options.dev_agent,
                 "With --dev: calls invite the scripted agent, usr_dev_agent");
}

Result<Config> effective_config(const ServeOptions& options) {
    auto config = read_config(options.config);
    if (!config) return config;
    const std::pair<std::string_view, const std::string&> texts[] = {
        {"listen", options.listen},
        {"public_url", options.public_url},
        {"log.level", options.log_level}};
    for (const auto& [name, text] : texts) {
        if (text.empty()) continue;
        if (const auto set = set_by_flag(*config, name, text); !set) return fail(set.error());
    }
    if (!options.origins.empty())
        if (const auto set = add_origins_by_flag(*config, options.origins); !set)
            return fail(set.error());
    if (!options.data.empty()) {
        config->data = options.data;
        config->sources["data"] = Source::flag;
    }
    config->dev = options.dev;
    config->dev_agent = options.dev_agent;
    if (options.dev) config->sources["dev"] = Source::flag;
    if (options.dev_agent) config->sources["dev_agent"] = Source::flag;
    return config;
}

}  // namespace lifeline::app
