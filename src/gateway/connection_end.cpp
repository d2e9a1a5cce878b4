#include <utility>

#include "base/log.h"
#include "gateway/call_room.h"
#include "gateway/connection.h"
#include "gateway/lane.h"

// How a connection ends: when it is given up, what its client is told, in a bye and again in the
// close code, and what the call is told of its line.
namespace lifeline::gateway {

using contract::CloseCode;

namespace {

// Why a line went, for the call's record: a code of ours by its name, and else whether the client
// said that it goes.
std::string loss_word(std::uint16_t code) {
    if (code >= 4000)
        return std::string(contract::close_code_info(static_cast<CloseCode>(code)).name);
    const bool left = code == net::ws_close::normal || code == net::ws_close::going_away ||
                      code == net::ws_close::no_status;
    return left ? "left" : "connection_lost";
}

}  // namespace

void Connection::finish() {
    finishing_ = true;
    if (reader_ && ready()) reader_->pump();
}

void Connection::close(CloseCode code, std::string_view reason, std::string_view terminal) {
    contract::ByeFrame bye;
    bye.code = code;
    bye.reason = reason;
    bye.terminal_event = terminal;
    say_bye(std::move(bye));
}

void Connection::close(const Error& why) {
    say_bye(contract::bye_for(why));
}

// Named by its generation, so that a client knows whether it was itself that came back.
void Connection::superseded_by(const Generation& winner) {
    contract::ByeFrame bye;
    bye.code = CloseCode::superseded;
    bye.reason = "superseded";
    bye.generation = winner.text();
    say_bye(std::move(bye));
}

void Connection::say_bye(contract::ByeFrame bye) {
    if (!socket_) return;
    bye.request_id = admission_.request_id;
    const auto code = static_cast<std::uint16_t>(bye.code);
    const std::string reason = bye.reason;
    ++room_.lane().counters().closes[reason];
    std::string json;
    contract::append_bye(json, bye);
    say(json);
    if (!socket_) return;
    enqueue(net::Opcode::close, net::close_payload(code, reason));
    hang_up(code, reason);
}

void Connection::send_away(Millis after, Millis jitter, SteadyTime deadline) {
    if (!socket_) return;
    away_by_ = deadline;
    const SteadyTime now = room_.lane().loop().clock().steady();
    std::string json;
    contract::append_goaway(
        json, {.reason = "draining",
               .deadline_ms = std::chrono::duration_cast<Millis>(deadline - now).count(),
               .after_ms = after.count(),
               .jitter_ms = jitter.count(),
               .resume = true});
    say(json);
}

void Connection::hang_up(std::uint16_t code, std::string_view reason) {
    if (!socket_) return;
    log::debug("session={} connection={} closed code={} {}", room_.actor().id(),
               admission_.connection_id, code, reason);
    loss_ = loss_word(code);
    net::close_lingering(std::move(socket_), room_.lane().loop());
    room_.left(*this);
}

void Connection::note_lag(SteadyTime now) {
    if (!reader_ || !reader_->behind()) {
        behind_since_.reset();
    } else if (!behind_since_) {
        behind_since_ = now;
    }
}

void Connection::tick(SteadyTime now, WallTime wall) {
    if (!socket_) return;
    keep_tokens_fresh(wall);
    if (!socket_) return;
    note_lag(now);
    if (wall >= admission_.principal.expires_at) {
        close(CloseCode::token_expired, "token_expired");
    } else if (away_by_ && now >= *away_by_) {
        close(CloseCode::draining, "draining");
    } else if (behind_since_ && now - *behind_since_ > limits_.lag_max) {
        close(CloseCode::slow, "slow");
    } else if (waiting_writable_ && now - stuck_since_ > limits_.write_deadline) {
        hang_up(static_cast<std::uint16_t>(CloseCode::slow), "takes nothing any more");
    } else if (paused_) {
        // We do not listen to it; a slow disk must not look like a dead peer.
        heard_ = cut_since_ = now;
    } else if (decoder_.mid_message() && now - cut_since_ > limits_.frame_deadline) {
        close(CloseCode::slow, "slow");
    } else if (now - heard_ > limits_.heartbeat * 5 / 2 && pinged_ > heard_ &&
               now - pinged_ < limits_.heartbeat * 3 / 2) {
        // It was asked since, and in time: a loop that stood still judges nobody.
        close(CloseCode::heartbeat_missed, "heartbeat_missed");
    } else if (now - pinged_ >= limits_.heartbeat) {
        pinged_ = now;
        enqueue(net::Opcode::ping, "");
    }
}

}  // namespace lifeline::gateway
