#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "gateway/arrivals.h"
#include "gateway/lane.h"
#include "gateway/rates.h"
#include "gateway/upgrade_request.h"
#include "identity/authenticator.h"
#include "net/http_server.h"
#include "net/origin.h"
#include "session/documents.h"
#include "session/sessions.h"

namespace lifeline::gateway {

// The client's door: takes upgrade requests from the HTTP server's loop, finds out who is asking
// and whether they may, and hands the connection to the loop of its call.
class Gateway {
public:
    struct Parts {
        session::Sessions& sessions;
        session::Documents& documents;
        identity::Authenticator& authenticator;
        Loop& accepting;  // The HTTP server's.
        const identity::InstanceKeys& keys;
        const net::OriginList& origins;
        Random& random;  // The accepting loop's.
        std::string epoch;
        std::uint64_t boot = 0;  // Grows with every start: generations stay monotone.
        // Makes a link a socket of the loop with this number.
        std::function<std::unique_ptr<net::Socket>(std::size_t lane, net::Link link)> adopt;
        // A refusal as an HTTP response, for clients that can read one.
        std::function<net::Response(const net::Request&, const Error&, std::string_view terminal)>
            problem;
        // Counts a refusal, in whatever form its client was told. On the accepting loop.
        std::function<void(const Error&)> refused;
        softstate::AckStore* ack_store = nullptr;  // Where acks outlive this process.
        // Users who take part without a connection: the agents that this server runs.
        std::set<std::string, std::less<>> hosted = {};
    };

    // `acks` are those that were kept before this start.
    Gateway(Parts parts, const Limits& limits, RetryPolicy retry,
            std::vector<softstate::Ack> acks = {});

    // How many sockets users and accounts have.
    const Occupancy& occupancy() const { return occupancy_; }

    // On the HTTP server's loop.
    Rates& rates() { return rates_; }

    // On the HTTP server's loop.
    void upgrade(std::shared_ptr<net::Exchange> exchange, std::string session_id);

    // On the HTTP server's loop: closes every connection and refuses new ones, for good.
    void close_all(contract::CloseCode code, const std::string& reason);
    // On the HTTP server's loop: refuses new connections, and asks those there are to move, spread
    // over `over`, the calls in which something happens last. `gone`, on `home`, when all have.
    void drain(Millis over, Loop& home, std::function<void()> gone);
    // On the HTTP server's loop: for what comes from now on; a bucket that is in use keeps its
    // rate.
    void take_limits(const Limits& limits);
    // On the HTTP server's loop, behind everybody who was let in before: closes the connections of
    // those of whom `why` says so, on their own loops, and refuses them who are still on their way.
    void cut(const Judge& why);

    // On that lane's own loop.
    Lane& lane(std::size_t index) { return *lanes_[index]; }

private:
    struct Visit;
    void authenticated(std::shared_ptr<Visit> visit, Result<identity::Principal> principal);
    void admit(std::shared_ptr<Visit> visit);
    // resume_token_invalid; nothing for a token that has expired, which is worth no more than none.
    Result<std::optional<ResumeClaim>> claim_of(const Visit& visit) const;
    Result<Admission> judge(const Visit& visit, session::Actor& actor);
    void enter(std::shared_ptr<Visit> visit, Occupancy::Comes comes);
    // On the accepting loop: every refusal is counted and logged here, and nowhere else.
    void refused(const net::Exchange& exchange, std::string_view session_id, const Error& error);
    void refuse(net::Exchange& exchange, std::string_view session_id, const Error& error);
    void refuse(std::shared_ptr<Visit> visit, Error error, std::string terminal = {});
    static void say_bye(std::unique_ptr<net::Socket> socket, Loop& loop, const Error& error,
                        std::string_view terminal, std::string_view request_id);

    Parts parts_;
    RetryPolicy retry_;
    ResumeTokens resume_tokens_;
    Occupancy occupancy_;
    Rates rates_;
    Arrivals arrivals_;  // On the accepting loop; then they are their lane's.
    Lane::House house_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    bool draining_ = false;
};

}  // namespace lifeline::gateway
