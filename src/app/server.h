#pragma once

#include <functional>
#include <memory>

#include "app/config.h"
#include "base/result.h"

namespace lifeline::app {

// A whole server, wired and run: opens the journal, brings every view up to it, takes up the calls
// that were open, and only then opens the door. `run` blocks until SIGTERM or SIGINT; SIGHUP has it
// read its configuration again.
class Server {
public:
    // `read_again` gives the configuration as it would be read now; called from another thread.
    Server(Config config, std::function<Result<Config>()> read_again);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Prints "ready http://..." (or https) on standard output once it serves. Fails with what is
    // wrong and what to do about it.
    Status run();

private:
    struct House;
    std::unique_ptr<House> house_;
};

}  // namespace lifeline::app
