#include "client.h"

#include <fmt/format.h>

#include "contract/event.h"
#include "contract/json.h"

namespace lifeline::simulation {

namespace {

std::string publish_frame(const std::string& event) {
    return R"({"op":"publish","event":)" + event + "}";
}

// The six keys as they stand in the frame: what is compared is bytes, not meaning.
std::string event_in(std::string_view frame) {
    const auto begin = frame.find("\"event\":{") + 8;
    const auto end = frame.find(",\"meta\":{", begin);
    return std::string(frame.substr(begin, end - begin));
}

}  // namespace

Client::Client(House& house, Model& model, Random& chance, std::string call, std::string user)
    : house_(house),
      model_(model),
      chance_(chance),
      call_(std::move(call)),
      user_(std::move(user)) {}

void Client::connect() {
    drop();
    net::FakeLane lane;
    lane.capacity = 200 + chance_.below(chance_.below(2) == 0 ? 400 : 60'000);
    lane.delay = Millis{static_cast<std::int64_t>(chance_.below(40))};
    lane.piece_max = chance_.below(3) == 0 ? 1 + chance_.below(50) : SIZE_MAX;
    wire_ = std::make_unique<net::FakeWire>(house_.loop, lane, lane);
    socket_ = wire_->take(net::FakeWire::End::left);
    socket_->attach(this);
    decoder_ =
        std::make_unique<net::WebSocketDecoder>(net::WebSocketDecoder::Side::client, 1 << 20);
    greeted_ = false;
    closing_ = false;
    out_.clear();
    // Mostly the same page coming back, now and then another one.
    if (chance_.below(8) == 0) resume_token_.clear();
    house_.connect({call_, user_, cursor_, resume_token_}, model_,
                   wire_->take(net::FakeWire::End::right));
    socket_->want_readable();
}

void Client::publish() {
    if (!greeted_) return;
    const std::string id = fmt::format("{}-{}", user_, ++made_);
    const std::string event = contract::event_json(
        id, call_, format_rfc3339(house_.loop.clock().wall()), "x.note",
        fmt::format(R"({{"n":{},"pad":"{}"}})", made_, std::string(chance_.below(300), 'x')));
    waiting_[id] = event;
    model_.sent(call_, id, event);
    send(net::Opcode::text, publish_frame(event));
}

void Client::repeat() {
    if (!greeted_ || seen_.empty()) return;
    send(net::Opcode::text, publish_frame(seen_.rbegin()->second));
}

void Client::forge() {
    if (!greeted_ || seen_.empty()) return;
    const std::string id = seen_.begin()->first;
    forged_.insert(id);
    send(net::Opcode::text,
         publish_frame(contract::event_json(id, call_, format_rfc3339(house_.loop.clock().wall()),
                                            "x.note", R"({"n":-1})")));
}

void Client::reset() {
    if (wire_) wire_->reset();
}

void Client::cut() {
    if (wire_) wire_->cut();
    drop();
}

void Client::vanish() {
    drop();
    wire_.reset();
}

void Client::drop() {
    if (socket_) socket_->close();
    socket_.reset();
    greeted_ = false;
}

void Client::on_readable() {
    read();
    if (socket_ && (closing_ || decoder_ == nullptr)) drop();
    if (socket_) socket_->want_readable();
}

void Client::read() {
    char buffer[4096];
    while (socket_) {
        const net::Io io = socket_->receive(buffer);
        if (io.status == net::Io::Status::again) return;
        if (io.status == net::Io::Status::closed) return drop();
        const auto fed = decoder_->feed({buffer, io.bytes}, *this);
        if (fed.state == net::WebSocketDecoder::Fed::State::violated) {
            model_.violation(fmt::format("{}: the server broke RFC 6455: {}", user_, fed.why));
            return drop();
        }
        if (fed.state == net::WebSocketDecoder::Fed::State::closed) return drop();
    }
}

net::WebSocketSink::Flow Client::on_text(std::string_view message) {
    const auto frame = contract::Json::parse(message);
    if (!frame) {
        model_.violation(user_ + ": a frame is no JSON");
        return Flow::stop;
    }
    const auto op = frame->text("op").value_or("");
    if (!greeted_ && op != "hello" && op != "bye") {
        model_.violation(user_ + ": the first frame is " + std::string(op));
        return Flow::stop;
    }
    if (op == "hello") {
        greeted_ = true;
        resume_token_ = frame->text("resumeToken").value_or("");
        const auto from = frame->find("replayFrom")->as_integer();
        if (from != static_cast<std::int64_t>(cursor_) + 1)
            model_.violation(user_ + ": hello replays from elsewhere");
        // Only after hello, never on a timer.
        for (const auto& [id, event] : waiting_) send(net::Opcode::text, publish_frame(event));
    } else if (op == "event") {
        saw_event(message);
    } else if (op == "skipped") {
        saw_skipped(*frame);
    } else if (op == "accepted") {
        const std::string id(frame->text("eventId").value_or(""));
        model_.acknowledged(call_, id,
                            static_cast<std::uint64_t>(*frame->find("seq")->as_integer()));
        if (const auto known = waiting_.find(id); known != waiting_.end()) {
            seen_.insert(*known);
            waiting_.erase(known);
        }
    } else if (op == "error") {
        const std::string code(frame->text("code").value_or(""));
        const std::string id(frame->text("eventId").value_or(""));
        const bool expected = (code == "id_conflict" && forged_.contains(id)) ||
                              code == "storage_unavailable" || code == "commit_failed" ||
                              code == "storage_failed" || code == "overloaded";
        if (!expected) model_.violation(fmt::format("{}: refused {} {}", user_, id, code));
    }
    return Flow::go_on;
}

void Client::saw_event(std::string_view text) {
    const auto frame = contract::Json::parse(text);
    const auto seq = static_cast<std::uint64_t>(*frame->find("seq")->as_integer());
    const std::string id(frame->find("event")->text("eventId").value_or(""));
    if (seq != cursor_ + 1)
        model_.violation(fmt::format("{}: seq {} after {}", user_, seq, cursor_));
    cursor_ = seq;
    model_.saw(call_, seq, id, event_in(text));
    if (const auto own = waiting_.find(id); own != waiting_.end()) {
        model_.acknowledged(call_, id, seq);
        seen_.insert(*own);
        waiting_.erase(own);
    }
}

// Counted as received.
void Client::saw_skipped(const contract::Json& frame) {
    const auto from = static_cast<std::uint64_t>(*frame.find("fromSeq")->as_integer());
    const auto to = static_cast<std::uint64_t>(*frame.find("toSeq")->as_integer());
    if (from != cursor_ + 1 || to < from)
        model_.violation(fmt::format("{}: {} to {} skipped after {}", user_, from, to, cursor_));
    model_.left_out(call_, from, to);
    cursor_ = to;
}

net::WebSocketSink::Flow Client::on_ping(std::string_view payload) {
    send(net::Opcode::pong, payload);
    return Flow::go_on;
}

void Client::send(net::Opcode opcode, std::string_view payload) {
    if (!socket_) return;
    net::MaskKey key;
    chance_.fill(key);
    net::append_masked_frame(out_, opcode, payload, key);
    flush();
}

void Client::flush() {
    while (socket_ && !out_.empty()) {
        const net::Io io = socket_->send(out_);
        if (io.status == net::Io::Status::closed) return drop();
        out_.erase(0, io.bytes);
        if (io.status == net::Io::Status::again || io.bytes == 0) return socket_->want_writable();
    }
}

void Client::on_writable() {
    flush();
}

}  // namespace lifeline::simulation
