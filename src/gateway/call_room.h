#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "delivery/channel.h"
#include "gateway/connection.h"
#include "gateway/limits.h"
#include "gateway/token_bucket.h"
#include "session/actor.h"

namespace lifeline::gateway {

class Lane;

// The connections of one call: its channel, who has how many sockets, and what happens to them when
// the call changes. Exists as long as somebody is connected. Lives on the call's loop.
class CallRoom final : session::Watcher {
public:
    CallRoom(Lane& lane, session::Actor& actor);
    ~CallRoom();
    CallRoom(const CallRoom&) = delete;
    CallRoom& operator=(const CallRoom&) = delete;

    // limits: too_many_connections.
    Status may_enter(const Admission& admission) const;
    Connection& enter(std::unique_ptr<net::Socket> socket, Admission admission,
                      std::string received);
    // Whether this participant may publish one more now, over all their connections to the call;
    // otherwise how long to wait.
    Millis wait_to_publish(const std::string& participant_id, SteadyTime now);
    // The connection has closed; it is destroyed soon.
    void left(Connection& connection);

    void tick(SteadyTime now, WallTime wall);
    void close_all(contract::CloseCode code, std::string_view reason);

    Lane& lane() { return lane_; }
    session::Actor& actor() { return actor_; }
    delivery::Channel& channel() { return channel_; }

private:
    void changed() override;
    void tell_line(const std::string& participant_id, bool connected);
    void sweep();

    Lane& lane_;
    session::Actor& actor_;
    delivery::Channel channel_;
    std::vector<std::unique_ptr<Connection>> connections_;
    // A participant's open sockets, and what they may publish through all of them.
    struct Line {
        std::size_t sockets = 0;
        TokenBucket events;
    };
    std::map<std::string, Line, std::less<>> lines_;
    std::size_t closed_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::gateway
