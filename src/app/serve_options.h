#pragma once

#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/config.h"

namespace lifeline::app {

// What `serve` is told on the command line; `check-config` takes the same and says what comes of
// it.
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

void add_serve_options(Command command, ServeOptions& options);

// The file, and over it the flags.
Result<Config> effective_config(const ServeOptions& options);

}  // namespace lifeline::app
