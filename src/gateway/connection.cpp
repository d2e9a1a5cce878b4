#include "gateway/connection.h"

#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "call/access.h"
#include "contract/limits.h"
#include "gateway/call_room.h"
#include "gateway/lane.h"
#include "gateway/rates.h"

namespace lifeline::gateway {

using contract::CloseCode;

Connection::Connection(CallRoom& room, std::unique_ptr<net::Socket> socket, Admission admission,
                       const Limits& limits)
    : room_(room),
      socket_(std::move(socket)),
      admission_(std::move(admission)),
      limits_(limits),
      decoder_(net::WebSocketDecoder::Side::server, limits.frame_bytes_max),
      frames_(limits.events_per_second * limits.frames_per_event,
              limits.events_burst * limits.frames_per_event, room.lane().loop().clock().steady()),
      bytes_(limits.bytes_per_second, limits.bytes_burst, room.lane().loop().clock().steady()),
      heard_(room.lane().loop().clock().steady()),
      pinged_(heard_),
      cut_since_(heard_),
      stuck_since_(heard_) {}

Connection::~Connection() {
    *alive_ = false;
}

void Connection::start(std::string received) {
    socket_->attach(this);
    say_hello();
    auto& counters = room_.lane().counters();
    ++counters.connected;
    counters.resumed += admission_.resumed ? 1 : 0;
    counters.lines_continued += admission_.continues ? 1 : 0;
    counters.replays_due += room_.channel().head() - admission_.cursor;
    reader_.emplace(room_.channel(), static_cast<delivery::Outlet&>(*this), admission_.cursor);
    reader_->pump();
    if (!received.empty()) take({received.data(), received.size()});
    if (socket_ && !paused_) socket_->want_readable();
}

void Connection::say_hello() {
    const auto& state = room_.actor().state();
    const std::uint64_t head = room_.channel().head();
    contract::HelloFrame hello;
    hello.connection_id = admission_.connection_id;
    hello.generation = admission_.generation.text();
    hello.epoch = room_.lane().epoch();
    hello.head_seq = head;
    hello.oldest_seq = head == 0 ? 0 : 1;
    hello.resumed = admission_.resumed;
    hello.replay_from = admission_.cursor + 1;
    hello.replay_to = head;
    hello.acked_seq = room_.lane().acked(state.id, admission_.principal.user_id, head);
    hello.resume_token = resume_token(room_.lane().loop().clock().wall());
    hello.resume_window_ms = state.reconnect_window.count();
    hello.heartbeat_ms = limits_.heartbeat.count();
    hello.limits = {.frame_bytes = limits_.frame_bytes_max,
                    .event_bytes = contract::limits::event_bytes_max,
                    .events_per_second = limits_.events_per_second,
                    .events_burst = limits_.events_burst,
                    .in_flight = limits_.in_flight_max};
    const RetryPolicy& retry = room_.lane().retry();
    hello.reconnect = {.base_ms = retry.base.count(),
                       .cap_ms = retry.cap.count(),
                       .floor_ms = retry.floor.count(),
                       .give_up_ms = state.reconnect_window.count()};
    hello.server_time = format_rfc3339(room_.lane().loop().clock().wall());
    hello.session = {.id = state.id,
                     .status = std::string(call::to_text(state.status)),
                     .phase = std::string(call::to_text(state.phase)),
                     .role = std::string(contract::to_text(admission_.role)),
                     .participant_id = admission_.principal.user_id};
    std::string json;
    contract::append_hello(json, hello);
    say(json);
}

// In.

void Connection::on_readable() {
    receive();
    if (socket_ && !paused_) socket_->want_readable();
}

// One buffer and no more, however much is there: the loop's other connections have their turn
// before the next.
void Connection::receive() {
    const auto buffer = room_.lane().buffer();
    const net::Io io = socket_->receive(buffer);
    if (io.status == net::Io::Status::again) return;
    if (io.status == net::Io::Status::closed) {
        hang_up(0, "the peer is gone");
        return;
    }
    room_.lane().counters().received_bytes += io.bytes;
    const SteadyTime now = room_.lane().loop().clock().steady();
    if (!bytes_.take(now, io.bytes)) return close(rate_limited("", bytes_.wait(now, io.bytes)));
    take(buffer.first(io.bytes));
}

void Connection::take(std::span<char> bytes) {
    heard_ = room_.lane().loop().clock().steady();
    const bool was_inside = decoder_.mid_message();
    message_ended_ = false;
    const auto fed = decoder_.feed(bytes, *this);
    if (!was_inside || message_ended_) cut_since_ = heard_;
    using State = net::WebSocketDecoder::Fed::State;
    if (fed.state == State::violated && socket_) {
        log::debug("session={} connection={} frame refused {}", room_.actor().id(),
                   admission_.connection_id, fed.why);
        ++room_.lane().counters().refused_frames;
        enqueue(net::Opcode::close, net::close_payload(fed.close_code, fed.why));
        hang_up(fed.close_code, fed.why);
    }
}

// Every frame costs its sender, and most of all the refused ones, which nothing else slows down.
// Who is refused event after event and does not wait has spent it all.
bool Connection::charge() {
    const SteadyTime now = room_.lane().loop().clock().steady();
    if (frames_.take(now)) return true;
    ++room_.lane().counters().refused_frames;
    close(rate_limited("", frames_.wait(now)));
    return false;
}

Connection::Flow Connection::on_text(std::string_view message) {
    message_ended_ = true;
    if (!charge()) return Flow::stop;
    heard_from();
    auto frame = room_.lane().frames().read(message);
    if (!frame) {
        refuse(room_.lane().frames().event_id(), frame.error());
        return Flow::go_on;
    }
    using contract::Op;
    switch (frame->op) {
        case Op::publish:
            publish(std::move(*frame->event));
            break;
        case Op::ping: {
            std::string json;
            contract::append_pong(json, frame->ping_time, room_.channel().head());
            say(json);
            if (frame->acked) acknowledged(*frame->acked);
            break;
        }
        case Op::ack:
            acknowledged(frame->seq);
            break;
        case Op::refresh:
            refresh(std::move(frame->token));
            break;
        case Op::subscribe:
            subscribe(frame->stream, frame->after, frame->epoch);
            break;
        case Op::unsubscribe:
            unsubscribe(frame->stream);
            break;
    }
    if (!socket_) return Flow::stop;
    return paused_ ? Flow::pause : Flow::go_on;
}

Connection::Flow Connection::on_binary(std::string_view) {
    close(CloseCode::protocol_error, "binary_frame");
    return Flow::stop;
}

Connection::Flow Connection::on_ping(std::string_view payload) {
    if (!charge()) return Flow::stop;
    enqueue(net::Opcode::pong, payload);
    return socket_ ? Flow::go_on : Flow::stop;
}

Connection::Flow Connection::on_pong(std::string_view) {
    heard_from();
    return charge() ? Flow::go_on : Flow::stop;
}

void Connection::on_close(std::uint16_t code, std::string_view) {
    enqueue(
        net::Opcode::close,
        net::close_payload(code == net::ws_close::no_status ? net::ws_close::normal : code, ""));
    hang_up(code, "closed by the peer");
}

void Connection::publish(contract::Event event) {
    const std::string event_id(event.id());
    const auto refused = [&](Code code, std::string_view reason, std::string detail,
                             std::string pointer) {
        refuse(event_id, Error{code, std::string(reason), std::move(detail), std::move(pointer)});
    };
    const bool of_document =
        contract::stream_kind(event.stream()) == contract::StreamKind::document;
    if (event.stream() != room_.actor().id() && !of_document)
        return refused(Code::malformed, "wrong_stream", "this socket is another session's",
                       "/sessionId");
    const SteadyTime now = room_.lane().loop().clock().steady();
    if (const auto may = may_publish(*admission_.publishes, now); !may)
        return refuse(event_id, may.error());
    if (of_document && subscription(event.stream()) == nullptr)
        return refused(Code::conflict, "not_subscribed", "subscribe to the document first",
                       "/sessionId");
    if (++in_flight_ >= limits_.in_flight_max) paused_ = true;
    ++room_.lane().counters().published;
    if (of_document) return publish_to_document(std::move(event));
    room_.actor().submit(
        {call::Publish{std::move(event)},
         {std::string(contract::to_text(admission_.role)), admission_.principal.user_id},
         admission_.role,
         call::by_account({admission_.principal.user_id, admission_.principal.account_id,
                           admission_.principal.role, admission_.principal.call.has_value()})},
        [this, alive = alive_, event_id](Result<session::Receipt> receipt) {
            if (!*alive) return;
            const bool next = ready() && reader_ && !reader_->behind();
            if (next && receipt && !receipt->duplicate)
                unshown_.push_back({event_id, receipt->seq});
            published(event_id, std::move(receipt), next ? Shown::next : Shown::later_or_not);
        });
}

void Connection::published(const std::string& event_id, Result<session::Receipt> receipt,
                           Shown shown) {
    --in_flight_;
    if (!receipt) {
        refuse(event_id, receipt.error());
    } else if (receipt->duplicate || shown == Shown::later_or_not) {
        accepted(event_id, receipt->seq, receipt->duplicate);
    }
    // Otherwise there is nothing to say: the sender's own event is its acknowledgement.
    if (!paused_ || !socket_ || in_flight_ > limits_.in_flight_max / 2) return;
    paused_ = false;
    take({});
    if (!socket_ || paused_) return;
    // What arrived meanwhile raises no new readiness.
    receive();
    if (socket_ && !paused_) socket_->want_readable();
}

void Connection::accepted(std::string_view event_id, std::uint64_t seq, bool duplicate) {
    std::string json;
    contract::append_accepted(json, event_id, seq, duplicate);
    say(json);
}

void Connection::acknowledged(std::uint64_t seq) {
    if (seq > room_.channel().head())
        return refuse(
            {}, Error{Code::conflict, "cursor_ahead", "this was not sent to anybody yet", "/seq"});
    room_.lane().acknowledge(room_.actor().id(), admission_.principal.user_id, seq,
                             room_.actor().state().reconnect_window);
}

void Connection::refuse(std::string_view event_id, const Error& error) {
    ++room_.lane().counters().refused_frames;
    ++room_.lane().counters().refusals[error.reason];
    std::string json;
    contract::append_error(json, {.event_id = std::string(event_id), .error = error});
    say(json);
}

// Out.

void Connection::say(std::string_view json) {
    enqueue(net::Opcode::text, json);
}

void Connection::enqueue(net::Opcode opcode, std::string_view payload) {
    if (!socket_) return;
    net::append_frame(out_, opcode, payload);
    if (out_.size() > limits_.control_bytes_max + limits_.frame_bytes_max) {
        out_.clear();  // It reads nothing: it will not read the reason either.
        hang_up(static_cast<std::uint16_t>(CloseCode::slow), "control frames pile up");
        return;
    }
    flush();
}

void Connection::flush() {
    if (!socket_ || waiting_writable_ || out_.empty()) return;
    const net::Io io = socket_->send(out_);
    if (io.status == net::Io::Status::closed) {
        out_.clear();
        hang_up(0, "the peer is gone");
        return;
    }
    out_.erase(0, io.bytes);
    if (!out_.empty()) {
        want_writable();
    } else if (out_.capacity() > 256) {
        std::string().swap(out_);  // An idle connection keeps no buffer.
    }
}

void Connection::want_writable() {
    if (waiting_writable_) return;
    waiting_writable_ = true;
    stuck_since_ = room_.lane().loop().clock().steady();
    socket_->want_writable();
}

void Connection::on_writable() {
    waiting_writable_ = false;
    flush();
    if (socket_ && ready()) pump_documents(1);
    if (socket_ && reader_ && ready()) reader_->pump();
    if (socket_ && ready()) pump_documents(SIZE_MAX);
}

bool Connection::ready() const {
    return socket_ != nullptr && !waiting_writable_ && out_.empty();
}

std::size_t Connection::send(std::string_view frames) {
    const net::Io io = socket_->send(frames);
    if (io.status == net::Io::Status::closed) {
        hang_up(0, "the peer is gone");
        return 0;
    }
    if (io.bytes < frames.size()) want_writable();
    return io.bytes;
}

void Connection::keep(std::string_view rest) {
    CHECK(out_.empty());
    out_ = rest;
}

void Connection::replayed(std::uint64_t seq) {
    std::string json;
    contract::append_replay_complete(json, seq);
    say(json);
}

void Connection::caught_up() {
    unshown_.clear();
    if (!finishing_) return;
    const auto& state = room_.actor().state();
    const bool ended = state.status == call::Status::ended;
    close(ended ? CloseCode::session_ended : CloseCode::session_failed,
          ended ? "session_ended" : "session_failed", state.terminal_json);
}

void Connection::falls_behind() {
    for (const Unshown& own : std::exchange(unshown_, {}))
        if (own.seq > reader_->cursor()) accepted(own.event_id, own.seq);
}

void Connection::read_failed(const Error& error) {
    log::error("session={} connection={} cannot be served reason={} {}", room_.actor().id(),
               admission_.connection_id, error.reason, error.detail);
    close(CloseCode::internal, error.reason);
}

}  // namespace lifeline::gateway
