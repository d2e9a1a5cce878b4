#include "gateway/call_room.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "gateway/lane.h"
#include "net/websocket.h"

namespace lifeline::gateway {

using contract::CloseCode;

namespace {

void websocket_prefix(std::string& out, std::size_t payload_bytes) {
    net::append_frame_header(out, net::Opcode::text, payload_bytes);
}

}  // namespace

CallRoom::CallRoom(Lane& lane, session::Actor& actor)
    : lane_(lane), actor_(actor), channel_(actor.stream(), lane.loop(), &websocket_prefix) {
    actor_.watch(*this);
}

CallRoom::~CallRoom() {
    *alive_ = false;
    connections_.clear();
    actor_.unwatch(*this);
}

Status CallRoom::may_enter(const Admission& admission) const {
    const auto& limits = lane_.limits();
    const auto lines = lines_.find(admission.principal.user_id);
    if (connections_.size() - closed_ >= limits.connections_per_call_max ||
        (lines != lines_.end() && lines->second.sockets >= limits.lines_per_participant_max))
        return fail(Code::overloaded, "rate_limited",
                    "this participant has all the connections it may have");
    return {};
}

Connection& CallRoom::enter(std::unique_ptr<net::Socket> socket, Admission admission,
                            std::string received) {
    const std::string participant_id = admission.principal.user_id;
    auto& connection = *connections_.emplace_back(std::make_unique<Connection>(
        *this, std::move(socket), std::move(admission), lane_.limits()));
    ++lane_.counters().connections;
    const auto& limits = lane_.limits();
    // Two connections may go at full speed; a flood through many is one participant's flood.
    auto& line =
        lines_
            .try_emplace(participant_id,
                         Line{0, TokenBucket(limits.events_per_second * 2, limits.events_burst * 2,
                                             lane_.loop().clock().steady())})
            .first->second;
    if (++line.sockets == 1) tell_line(participant_id, true);
    connection.start(std::move(received));
    if (actor_.state().over()) connection.finish();
    return connection;
}

Millis CallRoom::wait_to_publish(const std::string& participant_id, SteadyTime now) {
    const auto line = lines_.find(participant_id);
    CHECK(line != lines_.end());
    return line->second.events.take(now) ? Millis{0} : line->second.events.wait(now);
}

void CallRoom::left(Connection& connection) {
    const std::string participant_id = connection.admission().principal.user_id;
    const auto lines = lines_.find(participant_id);
    CHECK(lines != lines_.end());
    if (--lines->second.sockets == 0) {
        lines_.erase(lines);
        tell_line(participant_id, false);
    }
    --lane_.counters().connections;
    // It may be in the middle of a callback: it is destroyed by a job of its own.
    if (++closed_ > 1) return;
    lane_.loop().post([this, alive = alive_] {
        if (*alive) sweep();
    });
}

void CallRoom::sweep() {
    closed_ = 0;
    std::erase_if(connections_, [](const auto& connection) { return connection->closed(); });
    if (connections_.empty()) lane_.drop(*this);  // Destroys this.
}

void CallRoom::tell_line(const std::string& participant_id, bool connected) {
    actor_.submit({call::LineChanged{participant_id, connected},
                   {"server", "lifeline"},
                   contract::Role::server},
                  [session = actor_.id()](Result<session::Receipt> receipt) {
                      if (!receipt)
                          log::warn("session={} line not recorded reason={}", session,
                                    receipt.error().reason);
                  });
}

void CallRoom::changed() {
    const auto& state = actor_.state();
    // By index: who closes is only marked here.
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        Connection& connection = *connections_[i];
        if (connection.closed()) continue;
        const auto* participant = state.participant(connection.admission().principal.user_id);
        if (participant != nullptr && participant->removed) {
            connection.close(CloseCode::forbidden, "removed");
        } else if (state.over()) {
            connection.finish();
        }
    }
}

void CallRoom::tick(SteadyTime now, WallTime wall) {
    for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->tick(now, wall);
}

void CallRoom::close_all(CloseCode code, std::string_view reason) {
    for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->close(code, reason);
}

}  // namespace lifeline::gateway
