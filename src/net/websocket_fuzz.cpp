// Whatever comes over a WebSocket: no crash, and the same is heard wherever the bytes are cut or
// the reader pauses; never more is held than was sent, and never more than a message may have; what
// was heard, encoded again, is heard again.
//
// The first byte says which side reads, the second how the rest is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/websocket.h"

namespace lifeline::net {
namespace {

using Side = WebSocketDecoder::Side;
using State = WebSocketDecoder::Fed::State;

constexpr std::uint32_t message_max = 300;

struct Heard {
    struct Item {
        Opcode opcode;
        std::string payload;
        bool operator==(const Item&) const = default;
    };
    std::vector<Item> items;
    State state = State::open;
    unsigned code = 0;
    bool operator==(const Heard&) const = default;
};

class Ear final : public WebSocketSink {
public:
    explicit Ear(Flow flow) : flow_(flow) {}
    Flow on_text(std::string_view message) override { return note(Opcode::text, message); }
    Flow on_binary(std::string_view message) override { return note(Opcode::binary, message); }
    Flow on_ping(std::string_view payload) override { return note(Opcode::ping, payload); }
    Flow on_pong(std::string_view payload) override { return note(Opcode::pong, payload); }
    void on_close(std::uint16_t code, std::string_view reason) override {
        note(Opcode::close, close_payload(code, reason));
    }
    Heard heard;

private:
    Flow note(Opcode opcode, std::string_view payload) {
        CHECK(heard.items.empty() || heard.items.back().opcode != Opcode::close);
        CHECK(payload.size() <= message_max);
        heard.items.push_back({opcode, std::string(payload)});
        return flow_;
    }
    Flow flow_;
};

Heard listen(std::string_view bytes, Side side, std::size_t piece, WebSocketSink::Flow flow) {
    WebSocketDecoder decoder(side, message_max);
    Ear ear(flow);
    WebSocketDecoder::Fed fed;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        // A buffer of its own: reading past its end is seen.
        std::vector<char> own(
            bytes.begin() + static_cast<std::ptrdiff_t>(at),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + piece, bytes.size())));
        fed = decoder.feed(own, ear);
        while (fed.state == State::paused) fed = decoder.feed({}, ear);
        CHECK(decoder.buffered_bytes() <= message_max + 125 + 14);
        CHECK(decoder.mid_message() || decoder.buffered_bytes() == 0);
    }
    ear.heard.state = fed.state;
    ear.heard.code = fed.close_code;
    return ear.heard;
}

std::string say(const Heard& heard, Side to) {
    std::string out;
    for (const auto& [opcode, payload] : heard.items) {
        if (to == Side::server) {
            append_masked_frame(out, opcode, payload, {1, 2, 3, 4});
        } else {
            append_frame(out, opcode, payload);
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using Flow = WebSocketSink::Flow;
    if (size < 2) return 0;
    const Side side = data[0] & 1 ? Side::client : Side::server;
    const std::size_t piece = 1 + data[1] % 17;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

    const Heard whole = listen(bytes, side, bytes.size() + 1, Flow::go_on);
    CHECK(listen(bytes, side, piece, Flow::go_on) == whole);
    CHECK(listen(bytes, side, piece, Flow::pause) == whole);

    const std::string again = say(whole, side);
    CHECK(listen(again, side, again.size() + 1, Flow::go_on).items == whole.items);
    return 0;
}

}  // namespace lifeline::net
