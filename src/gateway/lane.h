#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "base/loop.h"
#include "contract/frames.h"
#include "gateway/ack_table.h"
#include "gateway/ack_writer.h"
#include "gateway/arrivals.h"
#include "gateway/call_room.h"
#include "gateway/connection.h"
#include "gateway/counters.h"
#include "gateway/limits.h"
#include "gateway/line_table.h"
#include "gateway/resume_token.h"
#include "identity/principal.h"
#include "session/documents.h"
#include "session/shard.h"

namespace lifeline::gateway {

// Everything the gateway keeps for one loop: the calls that have connections, and what they share
// (the read buffer, the frame checker). Lives on its loop.
class Lane {
public:
    // What all lanes share.
    struct House {
        Limits limits;
        const RetryPolicy& retry;
        const ResumeTokens& resume_tokens;
        std::string epoch;
        std::uint64_t boot = 0;  // Grows with every start of the server.
        // Who holds this token, asked from the lane's loop and answered there.
        std::function<void(std::string token, Loop& loop, journal::Done<identity::Principal> done)>
            authenticate;
        softstate::AckStore* ack_store = nullptr;  // Where acks outlive this process.
        session::Documents* documents = nullptr;   // What can be followed beside a call.
        // Users who take part without a connection: the agents that this server runs.
        std::set<std::string, std::less<>> hosted = {};
    };

    Lane(session::Shard& shard, const House& house);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // The call's room, made if this is its first connection.
    CallRoom& room(session::Actor& actor);
    CallRoom* find(const std::string& session_id);
    // Nobody is connected any more.
    void drop(CallRoom& room);

    // Closes every connection, and from now on refuses who comes: draining.
    void close_all(contract::CloseCode code, std::string_view reason);
    // Refuses who comes, and asks those who are here to move within `over`: quiet calls in its
    // first half, the others in its second. `gone` when nobody is here any more and their calls
    // know it.
    void drain(Millis over, Job gone);
    void take_limits(const Limits& limits);
    // Closes the connections of those who have no business here any more, and lets none of them in
    // who are on their way.
    void cut(const Judge& why);
    Arrivals& arrivals() { return arrivals_; }

    // Of a connection that is about to begin. A call has one lane, so this is the order in which
    // its connections were admitted.
    Generation next_generation() { return {house_.boot, ++last_generation_}; }
    bool draining() const { return draining_; }

    Loop& loop() { return shard_.loop(); }
    session::Shard& shard() { return shard_; }
    bool hosts(std::string_view user_id) const { return house_.hosted.contains(user_id); }
    session::Documents* documents() { return house_.documents; }
    const Limits& limits() const { return limits_; }
    const RetryPolicy& retry() const { return house_.retry; }
    const std::string& epoch() const { return house_.epoch; }
    const ResumeTokens& resume_tokens() const { return house_.resume_tokens; }
    // How long a resume token of a call with this window lives.
    Millis resume_lifetime(Millis window) const;
    LineTable& lines() { return lines_; }
    const LineTable& lines() const { return lines_; }
    // How far this participant says to have read, as far as that is known; at most `head`.
    std::uint64_t acked(std::string_view session_id, std::string_view user_id,
                        std::uint64_t head) const;
    void acknowledge(std::string_view session_id, std::string_view user_id, std::uint64_t seq,
                     Millis window);
    // Before this lane's loop runs: what was kept before this start.
    void restore(softstate::Ack ack);
    void authenticate(std::string token, journal::Done<identity::Principal> done) {
        house_.authenticate(std::move(token), loop(), std::move(done));
    }
    contract::FrameReader& frames() { return frames_; }
    contract::EventChecker& checker() { return checker_; }
    delivery::CatchUpBudget& catch_up() { return catch_up_; }
    std::span<char> buffer() { return *buffer_; }
    Counters& counters() { return counters_; }

private:
    void tick();
    void start_ticking();
    void drain_on();
    void shed(SteadyTime now);

    session::Shard& shard_;
    const House& house_;
    Limits limits_;  // Its own: others may change while this loop reads.
    contract::FrameReader frames_;
    contract::EventChecker checker_;
    delivery::CatchUpBudget catch_up_;
    std::unique_ptr<std::array<char, 64 * 1024>> buffer_ =
        std::make_unique<std::array<char, 64 * 1024>>();
    std::unordered_map<std::string, std::unique_ptr<CallRoom>> rooms_;
    Arrivals arrivals_;
    LineTable lines_;
    AckTable acks_;
    AckWriter ack_writer_;
    std::uint64_t last_generation_ = 0;
    bool draining_ = false;
    Counters counters_;
    Loop::TimerId timer_ = 0;
    Loop::TimerId drain_timer_ = 0;
    Job gone_;
};

}  // namespace lifeline::gateway
