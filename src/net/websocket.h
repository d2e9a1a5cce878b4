#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// RFC 6455 without I/O, both sides: bytes in, messages out, and the other way round. Nothing is
// compressed, ever (permessage-deflate is not negotiated), so any RSV bit is an error.
namespace lifeline::net {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// What a decoder tells its owner to answer with; the application's own codes are contract's.
namespace ws_close {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t no_status = 1005;  // Only ever reported, never sent.
inline constexpr std::uint16_t invalid_text = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
}  // namespace ws_close

// Whether a peer may send this code in a close frame.
bool is_sendable_close_code(unsigned code);

// Where a decoder hands over what it has read. Views live until the call returns. A sink must not
// destroy the decoder it is called from; it returns `stop` and the owner does that afterwards.
class WebSocketSink {
public:
    enum class Flow : std::uint8_t {
        go_on,
        pause,  // What follows is kept; feed({}) goes on with it.
        stop,   // What follows is dropped, now and later.
    };

    virtual Flow on_text(std::string_view message) = 0;  // Valid UTF-8.
    virtual Flow on_binary(std::string_view message) = 0;
    virtual Flow on_ping(std::string_view payload) = 0;  // To be answered with the same payload.
    virtual Flow on_pong(std::string_view payload) = 0;
    // The last call. `code` is 1005 where the peer gave none; a valid one otherwise.
    virtual void on_close(std::uint16_t code, std::string_view reason) = 0;

protected:
    ~WebSocketSink() = default;
};

// Reads what one peer sends. Judged as early as it can be: sizes by the header alone, before a byte
// of the payload is kept; text at its first impossible byte. An unfragmented message that arrives
// whole is unmasked in the caller's buffer and handed over as a view into it; only what was cut is
// copied, and given back when it is whole, so an idle decoder holds 24 bytes.
class WebSocketDecoder {
public:
    enum class Side : std::uint8_t {
        server,  // Reads what a client sends: every frame must be masked.
        client,  // Reads what a server sends: none may be.
    };
    struct Fed {
        enum class State : std::uint8_t {
            open,
            paused,
            closed,    // A close frame came, or the sink said stop.
            violated,  // The peer broke a rule: answer with close_code, then close.
        };
        State state = State::open;
        std::uint16_t close_code = 0;
        const char* why = "";  // For the log; a string literal.
    };

    // A message of more fragments costs its sender little and us much.
    static constexpr std::uint32_t fragments_max = 256;

    WebSocketDecoder(Side side, std::uint32_t message_bytes_max);
    ~WebSocketDecoder();
    WebSocketDecoder(WebSocketDecoder&&) noexcept;
    WebSocketDecoder& operator=(WebSocketDecoder&&) noexcept;

    // Consumes all of `bytes` (and writes over them) and calls the sink for what is whole. Once it
    // is closed or violated, further bytes are ignored.
    Fed feed(std::span<char> bytes, WebSocketSink& sink);

    // Inside a message, a frame or a header: a peer should not stay there for long.
    bool mid_message() const { return partial_ != nullptr; }
    // What is held for this peer.
    std::size_t buffered_bytes() const;

private:
    struct Header;
    struct Partial;
    enum class Step : std::uint8_t { next, need_more, pause, stop };

    Step step(std::span<char>& bytes, WebSocketSink& sink);
    Step begin_frame(const Header& header, std::span<char>& bytes, WebSocketSink& sink);
    Step continue_frame(std::span<char>& bytes, WebSocketSink& sink);
    Step end_frame(WebSocketSink& sink);
    Step whole(Opcode opcode, std::string_view payload, WebSocketSink& sink);
    Step close(std::string_view payload, WebSocketSink& sink);
    Step violate(std::uint16_t code, const char* why);
    bool judge(const Header& header);
    Fed finish(Step step, std::span<char> rest);
    Fed fed() const;

    std::unique_ptr<Partial> partial_;  // Only while something is cut, or the sink has paused.
    const char* why_ = "";
    std::uint32_t message_bytes_max_;
    std::uint16_t close_code_ = 0;
    Side side_;
    Fed::State state_ = Fed::State::open;
};

// The opening handshake: whether a client's Sec-WebSocket-Key is one, and what answers it.
bool is_websocket_key(std::string_view key);
std::string accept_key(std::string_view key);

// Encoding. A server's frames are not masked; a client's are, with a key nobody can foresee.
using MaskKey = std::array<std::uint8_t, 4>;

inline constexpr std::size_t frame_header_bytes_max = 10;  // 14 with a mask.

constexpr std::size_t frame_header_size(std::size_t payload_bytes) {
    return payload_bytes < 126 ? 2 : payload_bytes < 65536 ? 4 : 10;
}

void append_frame_header(std::string& out, Opcode opcode, std::size_t payload_bytes);
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, MaskKey key);

// A close frame's payload: no code at all for 1005, and a reason cut to the 123 bytes there are,
// between two characters.
std::string close_payload(std::uint16_t code, std::string_view reason);

// XORs with the key, which starts over at `phase` (where in the payload these bytes begin).
void apply_mask(std::span<char> bytes, MaskKey key, std::size_t phase = 0);

}  // namespace lifeline::net
