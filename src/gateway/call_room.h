#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "delivery/channel.h"
#include "gateway/arrivals.h"
#include "gateway/connection.h"
#include "gateway/limits.h"
#include "session/actor.h"

namespace lifeline::gateway {

class Lane;

// The connections of one call: its channel, who has how many sockets, and what happens to them when
// the call changes. Exists as long as somebody is connected, or the call has not yet recorded that
// nobody is. Lives on the call's loop.
class CallRoom final : session::Watcher {
public:
    CallRoom(Lane& lane, session::Actor& actor);
    ~CallRoom();
    CallRoom(const CallRoom&) = delete;
    CallRoom& operator=(const CallRoom&) = delete;

    // rate_limited. The older connections of its line do not count: they go when it comes.
    Status may_enter(const Admission& admission) const;
    // How many connections this line has open.
    std::size_t open_on(const Generation& line) const;
    Connection& enter(std::unique_ptr<net::Socket> socket, Admission admission,
                      std::string received);
    // The connection has closed; it is destroyed soon.
    void left(Connection& connection);

    void tick(SteadyTime now, WallTime wall);
    void close_all(contract::CloseCode code, std::string_view reason);
    // Closes the connections of those who have no business here any more; `why` says so of each.
    void cut(const Judge& why);
    // Adds the connections that are behind.
    void find_laggards(std::vector<Connection*>& into);
    // Somebody speaks or was answered a moment ago: such a call is drained last.
    bool busy(SteadyTime now) const;
    void send_away(Millis after, Millis jitter, SteadyTime now);

    Lane& lane() { return lane_; }
    session::Actor& actor() { return actor_; }
    delivery::Channel& channel() { return channel_; }

private:
    void changed() override;
    void supersede_older(const Admission& winner);
    // What the call knows of a participant's line and what is so; told until they agree.
    bool agrees(std::string_view participant_id) const;
    void tell_line(const std::string& participant_id);
    void line_told(const std::string& participant_id, const Result<session::Receipt>& receipt);
    void tell_what_differs();
    void sweep();
    void sweep_soon();

    Lane& lane_;
    session::Actor& actor_;
    delivery::Channel channel_;
    std::vector<std::unique_ptr<Connection>> connections_;
    // A participant's open sockets, and what the call was told of them.
    struct Line {
        std::size_t sockets = 0;
        std::string why_lost;  // Its last socket.
        bool telling = false;  // The call has been told and has not answered yet.
        bool refused = false;  // Its last answer was no; the next tick tells again.
    };
    std::map<std::string, Line, std::less<>> lines_;
    std::size_t closed_ = 0;
    bool sweep_posted_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::gateway
