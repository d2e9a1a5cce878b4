#include "net/websocket.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "net/utf8.h"

namespace lifeline::net {

namespace {

using Flow = WebSocketSink::Flow;

constexpr std::uint8_t continuation = 0;
constexpr std::size_t control_payload_max = 125;

bool is_control(std::uint8_t opcode) {
    return opcode >= 8;
}

std::uint8_t byte_at(std::span<const char> bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

std::uint64_t big_endian(std::span<const char> bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

std::string_view view(std::span<const char> bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

struct WebSocketDecoder::Header {
    static constexpr std::size_t bytes_max = 14;

    bool fin = false;
    bool masked = false;
    std::uint8_t rsv = 0;
    std::uint8_t opcode = 0;
    std::size_t length_bytes = 0;  // Of the extended length: 0, 2 or 8.
    std::size_t bytes = 0;         // Of the whole header.
    // Known only once `bytes` of it are there.
    std::uint64_t payload_bytes = 0;
    MaskKey key{};

    // From at least the first two bytes.
    static Header shape(std::span<const char> from) {
        Header header;
        header.fin = byte_at(from, 0) & 0x80;
        header.rsv = byte_at(from, 0) & 0x70;
        header.opcode = byte_at(from, 0) & 0x0F;
        header.masked = byte_at(from, 1) & 0x80;
        const std::uint8_t length = byte_at(from, 1) & 0x7F;
        header.payload_bytes = length;
        header.length_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        header.bytes = 2 + header.length_bytes + (header.masked ? 4 : 0);
        return header;
    }
    void read_length(std::span<const char> from) {
        if (length_bytes > 0) payload_bytes = big_endian(from.subspan(2, length_bytes));
    }
    void read_key(std::span<const char> from) {
        if (masked) std::memcpy(key.data(), from.data() + 2 + length_bytes, key.size());
    }
    bool is_minimal() const {
        return length_bytes == 0 || payload_bytes >= (length_bytes == 2 ? 126 : 65536);
    }
};

// What was cut: a header, a frame, a fragmented message, or input behind a pause.
struct WebSocketDecoder::Partial {
    std::array<char, Header::bytes_max> head;
    std::size_t head_bytes = 0;

    std::optional<Header> frame;  // The one whose payload is arriving.
    std::uint64_t frame_received = 0;
    std::string control;  // Its payload, if it is a control frame; they come between fragments.

    std::optional<Opcode> message_kind;
    std::string message;
    Utf8Validator utf8;
    std::uint32_t fragments = 0;

    std::string unread;

    bool empty() const { return head_bytes == 0 && !frame && !message_kind && unread.empty(); }
};

bool is_sendable_close_code(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

WebSocketDecoder::WebSocketDecoder(Side side, std::uint32_t message_bytes_max)
    : message_bytes_max_(message_bytes_max), side_(side) {}
WebSocketDecoder::~WebSocketDecoder() = default;
WebSocketDecoder::WebSocketDecoder(WebSocketDecoder&&) noexcept = default;
WebSocketDecoder& WebSocketDecoder::operator=(WebSocketDecoder&&) noexcept = default;

std::size_t WebSocketDecoder::buffered_bytes() const {
    if (!partial_) return 0;
    return partial_->head_bytes + partial_->control.size() + partial_->message.size() +
           partial_->unread.size();
}

WebSocketDecoder::Fed WebSocketDecoder::feed(std::span<char> bytes, WebSocketSink& sink) {
    if (state_ == Fed::State::closed || state_ == Fed::State::violated) return fed();
    state_ = Fed::State::open;

    std::string unread;  // What a pause left behind comes first.
    if (partial_ && !partial_->unread.empty()) {
        unread = std::exchange(partial_->unread, {});
        unread.append(bytes.data(), bytes.size());
        bytes = unread;
    }
    auto step = Step::next;
    while (step == Step::next) step = this->step(bytes, sink);
    return finish(step, bytes);
}

WebSocketDecoder::Fed WebSocketDecoder::finish(Step step, std::span<char> rest) {
    if (step == Step::stop) {
        partial_.reset();
        return fed();
    }
    if (step == Step::pause) {
        state_ = Fed::State::paused;
        if (!rest.empty()) {
            if (!partial_) partial_ = std::make_unique<Partial>();
            partial_->unread.assign(rest.data(), rest.size());
        }
    }
    if (partial_ && partial_->empty()) partial_.reset();
    return fed();
}

WebSocketDecoder::Fed WebSocketDecoder::fed() const {
    return {state_, close_code_, why_};
}

// One frame, or as much of it as there is.
WebSocketDecoder::Step WebSocketDecoder::step(std::span<char>& bytes, WebSocketSink& sink) {
    if (partial_ && partial_->frame) return continue_frame(bytes, sink);

    // A header is read where it lies; one that was cut is put together first.
    std::span<const char> head = bytes;
    const std::size_t held = partial_ ? partial_->head_bytes : 0;
    if (held > 0) {
        const std::size_t more = std::min(bytes.size(), Header::bytes_max - held);
        std::memcpy(partial_->head.data() + held, bytes.data(), more);
        head = std::span(partial_->head).first(held + more);
    }
    std::optional<Header> header;
    if (head.size() >= 2) {
        header = Header::shape(head);
        if (head.size() >= 2 + header->length_bytes) {
            header->read_length(head);
            if (!judge(*header)) return Step::stop;
        }
        if (head.size() < header->bytes) header.reset();
    }
    if (!header) {
        if (bytes.empty()) return Step::need_more;
        if (!partial_) partial_ = std::make_unique<Partial>();
        if (held == 0) std::memcpy(partial_->head.data(), head.data(), head.size());
        partial_->head_bytes = head.size();
        bytes = {};
        return Step::need_more;
    }
    header->read_key(head);
    bytes = bytes.subspan(header->bytes - held);
    if (held > 0) partial_->head_bytes = 0;
    return begin_frame(*header, bytes, sink);
}

// Everything that can be known before the payload.
bool WebSocketDecoder::judge(const Header& header) {
    const auto refuse = [this](std::uint16_t code, const char* why) {
        violate(code, why);
        return false;
    };
    if (header.rsv != 0) return refuse(ws_close::protocol_error, "a reserved bit is set");
    if (header.masked != (side_ == Side::server)) {
        return refuse(ws_close::protocol_error, side_ == Side::server
                                                    ? "a client's frame is not masked"
                                                    : "a server's frame is masked");
    }
    if (!header.is_minimal() || header.payload_bytes >> 63) {
        return refuse(ws_close::protocol_error, "the length is not written in its shortest form");
    }
    if (is_control(header.opcode)) {
        if (header.opcode > static_cast<std::uint8_t>(Opcode::pong)) {
            return refuse(ws_close::protocol_error, "a reserved opcode");
        }
        if (!header.fin) return refuse(ws_close::protocol_error, "a fragmented control frame");
        if (header.payload_bytes > control_payload_max) {
            return refuse(ws_close::protocol_error, "a control frame of more than 125 bytes");
        }
        return true;
    }
    if (header.opcode > static_cast<std::uint8_t>(Opcode::binary)) {
        return refuse(ws_close::protocol_error, "a reserved opcode");
    }
    const bool inside = partial_ && partial_->message_kind;
    if (inside != (header.opcode == continuation)) {
        return refuse(ws_close::protocol_error, inside ? "a new message inside a fragmented one"
                                                       : "a continuation of nothing");
    }
    const std::size_t before = inside ? partial_->message.size() : 0;
    if (header.payload_bytes > message_bytes_max_ - before) {
        return refuse(ws_close::too_big, "the message is too big");
    }
    if (inside && partial_->fragments >= fragments_max) {
        return refuse(ws_close::policy, "a message of too many fragments");
    }
    return true;
}

WebSocketDecoder::Step WebSocketDecoder::begin_frame(const Header& header, std::span<char>& bytes,
                                                     WebSocketSink& sink) {
    const bool control = is_control(header.opcode);
    const bool alone = control || (header.fin && header.opcode != continuation);
    if (alone && header.payload_bytes <= bytes.size()) {
        const std::span<char> payload = bytes.first(static_cast<std::size_t>(header.payload_bytes));
        bytes = bytes.subspan(payload.size());
        if (header.masked) apply_mask(payload, header.key);
        const auto opcode = static_cast<Opcode>(header.opcode);
        if (opcode == Opcode::text && !is_utf8(view(payload))) {
            return violate(ws_close::invalid_text, "the text is not UTF-8");
        }
        return whole(opcode, view(payload), sink);
    }
    if (!partial_) partial_ = std::make_unique<Partial>();
    if (!control) {
        if (!partial_->message_kind) partial_->message_kind = static_cast<Opcode>(header.opcode);
        ++partial_->fragments;
    }
    partial_->frame = header;
    partial_->frame_received = 0;
    return continue_frame(bytes, sink);
}

WebSocketDecoder::Step WebSocketDecoder::continue_frame(std::span<char>& bytes,
                                                        WebSocketSink& sink) {
    Partial& partial = *partial_;
    const Header& frame = *partial.frame;
    const auto take = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), frame.payload_bytes - partial.frame_received));
    const std::span<char> payload = bytes.first(take);
    bytes = bytes.subspan(take);
    if (frame.masked) apply_mask(payload, frame.key, partial.frame_received & 3);
    partial.frame_received += take;

    (is_control(frame.opcode) ? partial.control : partial.message).append(view(payload));
    if (!is_control(frame.opcode) && partial.message_kind == Opcode::text &&
        !partial.utf8.feed(view(payload))) {
        return violate(ws_close::invalid_text, "the text is not UTF-8");
    }
    if (partial.frame_received < frame.payload_bytes) return Step::need_more;
    return end_frame(sink);
}

WebSocketDecoder::Step WebSocketDecoder::end_frame(WebSocketSink& sink) {
    Partial& partial = *partial_;
    const Header frame = *std::exchange(partial.frame, std::nullopt);
    if (is_control(frame.opcode)) {
        const std::string payload = std::exchange(partial.control, {});
        return whole(static_cast<Opcode>(frame.opcode), payload, sink);
    }
    if (!frame.fin) return Step::next;
    if (partial.message_kind == Opcode::text && !partial.utf8.complete()) {
        return violate(ws_close::invalid_text, "the text ends inside a character");
    }
    const Opcode kind = *std::exchange(partial.message_kind, std::nullopt);
    const std::string message = std::exchange(partial.message, {});
    partial.utf8 = {};
    partial.fragments = 0;
    return whole(kind, message, sink);
}

WebSocketDecoder::Step WebSocketDecoder::whole(Opcode opcode, std::string_view payload,
                                               WebSocketSink& sink) {
    auto flow = Flow::go_on;
    switch (opcode) {
        case Opcode::text:
            flow = sink.on_text(payload);
            break;
        case Opcode::binary:
            flow = sink.on_binary(payload);
            break;
        case Opcode::ping:
            flow = sink.on_ping(payload);
            break;
        case Opcode::pong:
            flow = sink.on_pong(payload);
            break;
        case Opcode::close:
            return close(payload, sink);
    }
    if (flow == Flow::go_on) return Step::next;
    if (flow == Flow::pause) return Step::pause;
    state_ = Fed::State::closed;
    return Step::stop;
}

WebSocketDecoder::Step WebSocketDecoder::close(std::string_view payload, WebSocketSink& sink) {
    std::uint16_t code = ws_close::no_status;
    std::string_view reason;
    if (payload.size() == 1) {
        return violate(ws_close::protocol_error, "a close frame with half a code");
    }
    if (payload.size() >= 2) {
        code = static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
        reason = payload.substr(2);
        if (!is_sendable_close_code(code)) {
            return violate(ws_close::protocol_error, "a close code that may not be sent");
        }
        if (!is_utf8(reason)) {
            return violate(ws_close::invalid_text, "the close reason is not UTF-8");
        }
    }
    state_ = Fed::State::closed;
    close_code_ = code;
    sink.on_close(code, reason);
    return Step::stop;
}

WebSocketDecoder::Step WebSocketDecoder::violate(std::uint16_t code, const char* why) {
    state_ = Fed::State::violated;
    close_code_ = code;
    why_ = why;
    return Step::stop;
}

}  // namespace lifeline::net
