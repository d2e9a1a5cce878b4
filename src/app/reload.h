#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "app/agents.h"
#include "app/certificate.h"
#include "app/config.h"
#include "base/asio_loop.h"
#include "identity/authenticator.h"
#include "net/http_server.h"
#include "net/origin.h"
#include "safety/policy.h"

namespace lifeline::app {

// The options of the door that a configuration makes.
net::HttpServerOptions door_of(const Config& config, SharedTls tls);

// What a new configuration changes, by the settings' names.
struct Changes {
    std::vector<std::string> applied;        // While it serves.
    std::vector<std::string> needs_restart;  // As they were, until it is started again.
};
// Takes into `config` what may change while it serves.
Changes take_changes(Config& config, const Config& next);

// SIGHUP: reads the configuration again and applies what may change while it serves; a file that is
// not right changes nothing. Also exchanges a certificate whose files have changed. Lives on the
// first loop; reads files on `worker`, which must be finished before this goes.
class Reload {
public:
    struct Doors {
        net::HttpServer& http;
        api::Api& api;
        net::OriginList& origins;
        identity::Authenticator& authenticator;
        std::function<void(const gateway::Limits&)> gateway_limits;
        // Of the file that the configuration names now, the standard one without a file.
        std::function<void(safety::Policy)> policy;
        std::function<void(const std::vector<AgentConfig>&, const AgentKeys&)> agents;
    };
    using ReadAgain = std::function<Result<Config>()>;

    // `config` is what is in force, and is kept so; `tls` what it was started with.
    Reload(Loop& loop, Worker& worker, Config& config, SharedTls tls, ReadAgain read_again,
           Doors doors);

    void start() { certificate_.watch(config_.tls); }
    void stop();
    // Reads, and then applies; while one is under way another waits for it to end.
    void reload();

private:
    struct Read;
    static Result<Read> read(const ReadAgain& read_again);
    void apply(Result<Read> read);

    Loop& loop_;
    Worker& worker_;
    Config& config_;
    SharedTls tls_;
    ReadAgain read_again_;
    Doors doors_;
    CertificateWatch certificate_;
    bool reading_ = false;
    bool again_ = false;
    bool stopped_ = false;
};

}  // namespace lifeline::app
