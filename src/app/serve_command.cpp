#include <memory>

#include "app/commands.h"
#include "app/serve_options.h"
#include "app/server.h"

namespace lifeline::app {

namespace {

int serve(const ServeOptions& options) {
    auto config = effective_config(options);
    if (!config) return report(config.error());
    log::configure(config->log_level, config->log_format);
    Server server(std::move(*config), [options] { return effective_config(options); });
    if (const auto ran = server.run(); !ran) return report(ran.error());
    return 0;
}

}  // namespace

void add_serve(Command app) {
    auto options = std::make_shared<ServeOptions>();
    auto command = app.command("serve", "Serve calls from one data folder");
    add_serve_options(command, *options);
    command.runs([options] { return serve(*options); });
}

}  // namespace lifeline::app
