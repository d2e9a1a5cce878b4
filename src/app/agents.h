#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "agent/host.h"
#include "api/hosted_agent.h"
#include "app/config_agents.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "journal/journal.h"
#include "net/http_client.h"
#include "roster/roster.h"

namespace lifeline::app {

// What thinks for an agent, as its configuration says; refuses a key that is not there.
// What opens its model or its gateway; empty where none is named.
Result<Secret<std::string>> agent_key(const AgentConfig& config);
Result<std::unique_ptr<agent::Driver>> make_driver(const AgentConfig& config, AsioLoop& loop,
                                                   net::HttpClient& client, Random& random);

// The agents of the configuration, wired: told by the roster of the calls that they are in, by the
// journal of what they have spent. Lives on the first loop.
class Agents {
public:
    struct Parts {
        AsioLoop& home;
        Worker& resolver;
        session::Sessions& sessions;
        journal::Journal& journal;
        std::function<tools::Registry()> tools;
    };

    static Result<std::unique_ptr<Agents>> create(Parts parts,
                                                  const std::vector<AgentConfig>& agents);
    ~Agents();

    // As soon as it is known again what was spent today: takes the seats of calls that are open,
    // and from then on of those that an agent is added to.
    void start(roster::Roster& roster);
    void stop();

    // As REST shows them.
    std::vector<api::HostedAgent> list() const;
    const agent::Host& host() const { return *host_; }

private:
    explicit Agents(Parts parts) : parts_(parts) {}
    void read_spent(std::uint64_t after, Job ready);
    void take_seats(roster::Roster& roster, const std::string& user_id, std::uint64_t before);

    Parts parts_;
    SystemRandom random_;
    std::unique_ptr<net::HttpClient> client_;  // Their own: tools must not wait for models.
    std::unique_ptr<agent::Host> host_;
    contract::EventChecker checker_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
