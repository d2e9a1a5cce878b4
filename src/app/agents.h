#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/host.h"
#include "agent/spend_view.h"
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

// What opens an agent's model or gateway; empty where none is named, refused where one is and is
// not there. Blocks.
Result<Secret<std::string>> agent_key(const AgentConfig& config);
using AgentKeys = std::map<std::string, Secret<std::string>>;  // By the agents' names.
Result<AgentKeys> read_agent_keys(const std::vector<AgentConfig>& agents);

// What thinks for an agent, as its configuration says.
Result<std::unique_ptr<agent::Driver>> make_driver(const AgentConfig& config,
                                                   const Secret<std::string>& key, AsioLoop& loop,
                                                   net::HttpClient& client, Random& random);

// The agents of the configuration, wired: told by the roster of the calls that they are in, by the
// view of what was spent of today. Lives on the first loop.
class Agents {
public:
    struct Parts {
        AsioLoop& home;
        Worker& resolver;
        Worker& views;
        session::Sessions& sessions;
        journal::Journal& journal;
        std::function<tools::Registry()> tools;
    };

    static Result<std::unique_ptr<Agents>> create(Parts parts,
                                                  const std::vector<AgentConfig>& agents);
    ~Agents();

    // As soon as it is known again what was spent today: takes the seats of calls that are open,
    // and from then on of those that an agent is added to.
    void start(std::string spend_path, roster::Roster& roster);
    // Something was appended to a call. From any thread.
    void poke();
    // No turn goes on; `left` is called when those that ran have said their last words.
    void stop(std::function<void()> left);
    // From their next turns on they are as these say, with these keys. What cannot be changed while
    // they serve has been left out (renew_agents.h).
    void renew(const std::vector<AgentConfig>& agents, const AgentKeys& keys);

    // As REST shows them.
    std::vector<api::HostedAgent> list() const;
    const agent::Host& host() const { return *host_; }

private:
    explicit Agents(Parts parts);
    void take_seats(roster::Roster& roster);
    void take_seats(roster::Roster& roster, const std::string& user_id, std::uint64_t before);

    Parts parts_;
    SystemRandom random_;
    std::unique_ptr<net::HttpClient> client_;  // Their own: tools must not wait for models.
    std::unique_ptr<agent::Host> host_;
    agent::SpendView spend_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
