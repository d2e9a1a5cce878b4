#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/budget_desk.h"
#include "api/call_defaults.h"
#include "api/card_desk.h"
#include "api/change_rate.h"
#include "api/exchange.h"
#include "api/hosted_agent.h"
#include "api/key_desk.h"
#include "api/open_streams.h"
#include "api/policy_in_force.h"
#include "api/proof_keeper.h"
#include "api/reconciliation_desk.h"
#include "api/record_keeper.h"
#include "api/router.h"
#include "api/sink_desk.h"
#include "base/random.h"
#include "identity/administration.h"
#include "identity/authenticator.h"
#include "identity/capability.h"
#include "identity/connect_token.h"
#include "identity/instance_keys.h"
#include "journal/journal.h"
#include "net/http_server.h"
#include "net/origin.h"
#include "safety/policy_record.h"
#include "safety/switchboard.h"
#include "session/documents.h"
#include "session/sessions.h"
#include "speech/transcriber.h"
#include "tools/registry.h"

namespace lifeline::metering {
class Metering;
}
namespace lifeline::billing {
class Billing;
}
namespace lifeline::findings {
class Findings;
}
namespace lifeline::audit {
class Audit;
}
namespace lifeline::gateway {
class Gateway;
}
namespace lifeline::library {
class Library;
}
namespace lifeline::outbox {
class Outbox;
}
namespace lifeline::roster {
class Roster;
}
namespace lifeline::search {
class Search;
}

namespace lifeline::api {

// Development mode: the page on this machine may have tokens for the asking.
struct Development {
    bool enabled = false;
    std::string account_id = "acct_dev";
    std::string agent_user_id;  // Of the scripted agent that runs beside; empty for none.
    std::string agent_name = "Scripted agent";
};

// REST for apps and operators, the page, and the way to the gateway: takes what the HTTP server
// accepted, finds the route, finds out who is asking, and answers. Lives on the HTTP server's loop.
class Api {
public:
    struct Parts {
        session::Sessions& sessions;
        session::Documents& documents;
        gateway::Gateway& gateway;
        identity::Authenticator& authenticator;
        identity::Administration& administration;
        const identity::InstanceKeys& keys;
        journal::Journal& journal;
        roster::Roster& roster;
        search::Search& search;
        audit::Audit& audit;
        library::Library& library;
        metering::Metering& metering;
        billing::Billing& billing;
        findings::Findings& findings;
        outbox::Outbox& outbox;
        const net::OriginList& origins;
        Clock& clock;
        Random& random;
        CallDefaults defaults;
        gateway::RateTable::Rate changes = ChangeRate::standard;
        Development development;
        std::string public_url;         // "https://calls.example.com"; empty: as the client says.
        std::function<Status()> ready;  // Whether events can be acknowledged; if not, why.
        std::function<std::uint16_t()> port;
        std::function<tools::Registry()> tools;      // As they are now.
        speech::Transcriber* transcriber = nullptr;  // Null: recordings are not taken.
        // Stops something beyond one call, or takes that back; answered when it is in force.
        using Board = journal::Done<safety::Switchboard>;
        std::function<void(safety::StopChange, Loop& from, Board)> stop;
        std::function<void(Loop& from, Board)> stops;  // What is stopped.
        // The safety policy, and another one in its place; answered when it is in force.
        using Policed = journal::Done<PolicyInForce>;
        std::function<void(Loop& from, Policed)> policy;
        std::function<void(safety::PolicyChange, Loop& from, Policed)> change_policy;
        std::function<std::vector<HostedAgent>()> agents = {};  // That this server runs.
        RecordKeeper records = {};
        ProofKeeper proofs = {};
        CardDesk cards = {};
        KeyDesk signing_keys = {};
        BudgetDesk budgets = {};
        SinkDesk sinks = {};
        ReconciliationDesk reconciliation = {};
    };

    explicit Api(Parts parts)
        : parts_(std::move(parts)),
          connect_tokens_(parts_.keys),
          capabilities_(parts_.keys),
          changes_(parts_.changes) {}

    void handle(std::shared_ptr<net::Exchange> exchange);

    // A refusal from before a route was found: by the gateway, which tells of each, in whatever
    // form its client is told; or by HTTP itself.
    net::Response refusal(const net::Request& request, const Error& error,
                          std::string_view terminal_event);
    void upgrade_refused(const Error& error) {
        counters_.refused(Counters::Door::upgrade, error.reason);
    }
    net::Response refusal(const net::HttpRefusal& refused);
    // On the HTTP server's loop.
    const Counters& counters() const { return counters_; }

    Parts& parts() { return parts_; }
    std::vector<HostedAgent> hosted_agents() const {
        return parts_.agents ? parts_.agents() : std::vector<HostedAgent>();
    }
    // Whose answers are open.
    OpenStreams& open_streams() { return open_streams_; }
    // From now on, for who asks next.
    void set_public_url(std::string url) { parts_.public_url = std::move(url); }
    void set_defaults(const CallDefaults& defaults) { parts_.defaults = defaults; }
    void take_change_rate(gateway::RateTable::Rate rate) { changes_.take_rate(rate); }
    const identity::ConnectTokens& connect_tokens() const { return connect_tokens_; }
    const identity::Capabilities& capabilities() const { return capabilities_; }
    // The address of this server as the client knows it, for links: "http://127.0.0.1:8787".
    std::string base_url(const net::Client& client) const;

private:
    void preflight(Asked asked);
    void asset(Asked asked);
    void authenticate(const Route& route, Asked asked);
    Millis wait_to_change(const Route& route, const Asked& asked);

    Parts parts_;
    identity::ConnectTokens connect_tokens_;
    identity::Capabilities capabilities_;
    ChangeRate changes_;
    Counters counters_;
    OpenStreams open_streams_;
};

}  // namespace lifeline::api
