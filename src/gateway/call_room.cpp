#include "gateway/call_room.h"

#include <algorithm>
#include <utility>
#include <vector>

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
    : lane_(lane),
      actor_(actor),
      channel_(actor.stream(), lane.loop(), &websocket_prefix, {lane.checker(), lane.catch_up()}) {
    actor_.watch(*this);
}

CallRoom::~CallRoom() {
    *alive_ = false;
    connections_.clear();
    actor_.unwatch(*this);
}

Status CallRoom::may_enter(const Admission& admission) const {
    const auto& limits = lane_.limits();
    const std::size_t older = admission.continues ? open_on(admission.line) : 0;
    const auto lines = lines_.find(admission.principal.user_id);
    if (connections_.size() - closed_ - older >= limits.connections_per_call_max ||
        (lines != lines_.end() &&
         lines->second.sockets - older >= limits.lines_per_participant_max))
        return fail(
            rate_limited("this participant has all the connections it may have", full_retry_after));
    return {};
}

std::size_t CallRoom::open_on(const Generation& line) const {
    return static_cast<std::size_t>(std::ranges::count_if(connections_, [&](const auto& one) {
        return !one->closed() && one->admission().line == line;
    }));
}

Connection& CallRoom::enter(std::unique_ptr<net::Socket> socket, Admission admission,
                            std::string received) {
    const std::string participant_id = admission.principal.user_id;
    auto& connection = *connections_.emplace_back(std::make_unique<Connection>(
        *this, std::move(socket), std::move(admission), lane_.limits()));
    ++lane_.counters().connections;
    Line& line = lines_[participant_id];
    if (++line.sockets == 1) tell_line(participant_id);
    supersede_older(connection.admission());  // Now that its line has another.
    connection.start(std::move(received));
    if (actor_.state().over()) connection.finish();
    return connection;
}

// The newest connection of a line wins. The older one may be a ghost whose network is gone, or the
// same page's in a copied tab; whatever it still sends is not read.
void CallRoom::supersede_older(const Admission& winner) {
    lane_.lines().begun(
        actor_.id(), winner.line, winner.continues,
        lane_.loop().clock().wall() + lane_.resume_lifetime(actor_.state().reconnect_window));
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        Connection& older = *connections_[i];
        const Admission& one = older.admission();
        if (older.closed() || one.line != winner.line || one.generation >= winner.generation)
            continue;
        ++lane_.counters().superseded;
        older.superseded_by(winner.generation);
    }
}

void CallRoom::left(Connection& connection) {
    const std::string participant_id = connection.admission().principal.user_id;
    const auto line = lines_.find(participant_id);
    CHECK(line != lines_.end());
    line->second.why_lost = connection.loss();
    if (--line->second.sockets == 0) tell_line(participant_id);
    --lane_.counters().connections;
    ++closed_;
    sweep_soon();
}

// A connection may be in the middle of a callback: it is destroyed by a job of its own.
void CallRoom::sweep_soon() {
    if (std::exchange(sweep_posted_, true)) return;
    lane_.loop().post([this, alive = alive_] {
        if (*alive) sweep();
    });
}

void CallRoom::sweep() {
    sweep_posted_ = false;
    closed_ = 0;
    std::erase_if(connections_, [](const auto& connection) { return connection->closed(); });
    std::erase_if(lines_, [this](const auto& entry) {
        const auto& [id, line] = entry;
        return line.sockets == 0 && !line.telling && !line.refused && agrees(id);
    });
    // Without lines there are no connections, and the call knows it.
    if (lines_.empty()) lane_.drop(*this);  // Destroys this.
}

bool CallRoom::agrees(std::string_view participant_id) const {
    const auto& state = actor_.state();
    if (state.status == call::Status::none) return false;  // It is being read anew.
    const auto* participant = state.participant(participant_id);
    // Who only watches leaves no trace, and a call that is over records no more.
    if (participant == nullptr || participant->removed || !state.open()) return true;
    const auto line = lines_.find(participant_id);
    // Whom the server runs has no connection; who runs it tells of it.
    if (line == lines_.end() && lane_.hosts(participant_id)) return true;
    return participant->connected == (line != lines_.end() && line->second.sockets > 0);
}

// One at a time: who comes and goes while the disk is busy is told as it is in the end.
void CallRoom::tell_line(const std::string& participant_id) {
    Line& line = lines_[participant_id];
    if (std::exchange(line.telling, true)) return;
    actor_.submit({call::LineChanged{participant_id, line.sockets > 0,
                                     line.sockets > 0 ? std::string() : line.why_lost},
                   {"server", "lifeline"},
                   contract::Role::server},
                  [this, alive = alive_, participant_id](Result<session::Receipt> receipt) {
                      if (*alive) line_told(participant_id, receipt);
                  });
}

void CallRoom::line_told(const std::string& participant_id,
                         const Result<session::Receipt>& receipt) {
    const auto found = lines_.find(participant_id);
    CHECK(found != lines_.end());
    Line& line = found->second;
    line.telling = false;
    if (!receipt) {
        if (!std::exchange(line.refused, true))
            log::warn("session={} line not recorded yet reason={}", actor_.id(),
                      receipt.error().reason);
        return;
    }
    line.refused = false;
    if (!agrees(participant_id)) {
        tell_line(participant_id);
    } else if (line.sockets == 0) {
        sweep_soon();
    }
}

// What was refused, or lost with the actor's turn, is told again. A refused one in any case: until
// the actor has read its stream anew, its state still has in it what was not written.
void CallRoom::tell_what_differs() {
    std::vector<std::string> differing;
    for (const auto& [id, line] : lines_)
        if (line.refused) differing.push_back(id);
    for (const auto& participant : actor_.state().participants)
        if (!agrees(participant.id)) differing.push_back(participant.id);
    for (const auto& id : differing) tell_line(id);
    if (connections_.empty()) sweep_soon();
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
    channel_.rest(now);
    tell_what_differs();
}

void CallRoom::find_laggards(std::vector<Connection*>& into) {
    for (const auto& connection : connections_)
        if (!connection->closed() && connection->behind_since()) into.push_back(connection.get());
}

void CallRoom::cut(const Judge& why) {
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (const auto error = why(connections_[i]->admission().principal))
            connections_[i]->close(*error);
}

bool CallRoom::busy(SteadyTime now) const {
    const auto& state = actor_.state();
    return !state.open_utterances.empty() || !state.open_turns.empty() ||
           now - actor_.last_used() < lane_.limits().quiet_after;
}

// Spread over `jitter` by themselves, whatever the clients make of what they are told.
void CallRoom::send_away(Millis after, Millis jitter, SteadyTime now) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        const auto share = connections_[i]->admission().generation.number * 618 % 1000;
        connections_[i]->send_away(
            after, jitter, now + after + jitter * static_cast<std::int64_t>(share + 1) / 1000);
    }
}

void CallRoom::close_all(CloseCode code, std::string_view reason) {
    for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->close(code, reason);
}

}  // namespace lifeline::gateway
