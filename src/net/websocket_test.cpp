#include "net/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace lifeline::net {
namespace {

using Side = WebSocketDecoder::Side;
using State = WebSocketDecoder::Fed::State;
using testing::ElementsAre;

constexpr std::uint32_t message_max = 70'000;
constexpr MaskKey key = {0x37, 0xFA, 0x21, 0x3D};

// Writes down what it is told, as one line a call.
class Listener final : public WebSocketSink {
public:
    Flow on_text(std::string_view message) override { return note("text", message); }
    Flow on_binary(std::string_view message) override { return note("binary", message); }
    Flow on_ping(std::string_view payload) override { return note("ping", payload); }
    Flow on_pong(std::string_view payload) override { return note("pong", payload); }
    void on_close(std::uint16_t code, std::string_view reason) override {
        heard.push_back("close " + std::to_string(code) + " " + std::string(reason));
    }

    std::vector<std::string> heard;
    Flow answer = Flow::go_on;

private:
    Flow note(std::string_view kind, std::string_view payload) {
        std::string line(kind);
        line += " ";
        line += payload.size() > 60 ? std::to_string(payload.size()) + " bytes" : payload;
        heard.push_back(std::move(line));
        return answer;
    }
};

struct Frame {
    unsigned opcode;
    std::string payload = {};
    bool fin = true;
    bool masked = true;
    unsigned rsv = 0;
    std::size_t length_bytes = 99;  // 99: as many as it takes.
};

std::string raw(const Frame& frame) {
    std::string out;
    const std::size_t size = frame.payload.size();
    const std::size_t length_bytes =
        frame.length_bytes == 99 ? frame_header_size(size) - 2 : frame.length_bytes;
    out.push_back(static_cast<char>((frame.fin ? 0x80 : 0) | frame.rsv << 4 | frame.opcode));
    const std::size_t length = length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127;
    out.push_back(static_cast<char>((frame.masked ? 0x80 : 0) | length));
    for (std::size_t i = length_bytes; i > 0; --i) {
        out.push_back(static_cast<char>(std::uint64_t{size} >> (8 * (i - 1))));
    }
    const std::size_t start = out.size() + (frame.masked ? 4 : 0);
    if (frame.masked) out.append(reinterpret_cast<const char*>(key.data()), key.size());
    out += frame.payload;
    if (frame.masked) apply_mask(std::span(out).subspan(start), key);
    return out;
}

std::string raw(std::initializer_list<Frame> frames) {
    std::string out;
    for (const Frame& frame : frames) out += raw(frame);
    return out;
}

struct Outcome {
    std::vector<std::string> heard;
    State state = State::open;
    unsigned code = 0;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
    *out << "state " << static_cast<int>(outcome.state) << " code " << outcome.code << " heard";
    for (const std::string& line : outcome.heard) *out << " [" << line << "]";
}

// Feeds the bytes in pieces whose sizes `next_size` gives.
template <class NextSize>
Outcome decode(std::string bytes, NextSize next_size, Side side = Side::server) {
    WebSocketDecoder decoder(side, message_max);
    Listener listener;
    WebSocketDecoder::Fed fed;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size = std::min<std::size_t>(next_size(), bytes.size() - at);
        // A buffer of its own, so that a sanitizer sees who reads past a piece.
        std::string piece = bytes.substr(at, size);
        fed = decoder.feed(piece, listener);
        at += size;
    }
    return {listener.heard, fed.state, fed.close_code};
}

Outcome decode_whole(const std::string& bytes, Side side = Side::server) {
    return decode(bytes, [&] { return bytes.size(); }, side);
}

std::string code(unsigned value, std::string_view reason = {}) {
    return std::string{static_cast<char>(value >> 8), static_cast<char>(value)} +
           std::string(reason);
}

struct Case {
    const char* name;
    std::string bytes;
    Outcome then;
    Side side = Side::server;
};

Outcome open(std::vector<std::string> heard) {
    return {std::move(heard), State::open, 0};
}
Outcome closed(unsigned close_code, std::vector<std::string> heard) {
    return {std::move(heard), State::closed, close_code};
}
Outcome violated(unsigned close_code, std::vector<std::string> heard = {}) {
    return {std::move(heard), State::violated, close_code};
}

std::vector<Case> cases() {
    const std::string greek = "κόσμε€𝄞";
    std::vector<Case> all = {
        {"a text", raw({1, "hello"}), open({"text hello"})},
        {"an empty text", raw({1}), open({"text "})},
        {"a binary", raw({2, "\x01\xFF"}), open({"binary \x01\xFF"})},
        {"125 bytes", raw({1, std::string(125, 'a')}), open({"text 125 bytes"})},
        {"126 bytes", raw({1, std::string(126, 'a')}), open({"text 126 bytes"})},
        {"65535 bytes", raw({1, std::string(65535, 'a')}), open({"text 65535 bytes"})},
        {"65536 bytes", raw({1, std::string(65536, 'a')}), open({"text 65536 bytes"})},
        {"as much as is allowed", raw({1, std::string(70'000, 'a')}), open({"text 70000 bytes"})},
        {"one more", raw({1, std::string(70'001, 'a')}), violated(1009)},
        {"too much, judged by the header alone", raw({1, std::string(70'001, 'a')}).substr(0, 10),
         violated(1009)},
        {"too much in fragments",
         raw({{1, std::string(60'000, 'a'), false}, {0, std::string(10'001, 'a')}}),
         violated(1009)},
        {"2^63 bytes", std::string("\x81\xFF\x80\0\0\0\0\0\0\0", 10), violated(1002)},
        {"two in one read", raw({{1, "a"}, {1, "b"}}), open({"text a", "text b"})},
        {"a ping", raw({9, "p"}), open({"ping p"})},
        {"an empty ping", raw({9}), open({"ping "})},
        {"a ping of 125 bytes", raw({9, std::string(125, 'x')}), open({"ping 125 bytes"})},
        {"a ping of 126 bytes", raw({9, std::string(126, 'x')}), violated(1002)},
        {"a fragmented ping", raw({9, "", false}), violated(1002)},
        {"an unasked pong", raw({10, "x"}), open({"pong x"})},
        {"not masked", raw({1, "x", true, false}), violated(1002)},
        {"reserved bit 1", raw({1, "x", true, true, 4}), violated(1002)},
        {"reserved bit 2", raw({1, "x", true, true, 2}), violated(1002)},
        {"reserved bit 3", raw({9, "x", true, true, 1}), violated(1002)},
        {"16 bits of length for 5 bytes", raw({1, "hello", true, true, 0, 2}), violated(1002)},
        {"64 bits of length for 200 bytes", raw({1, std::string(200, 'a'), true, true, 0, 8}),
         violated(1002)},
        {"fragments", raw({{1, "he", false}, {0, "l", false}, {0, "lo"}}), open({"text hello"})},
        {"empty fragments", raw({{1, "", false}, {0, "", false}, {0}}), open({"text "})},
        {"fragments of a binary", raw({{2, "\xFF", false}, {0, "\xFE"}}),
         open({"binary \xFF\xFE"})},
        {"a ping between fragments", raw({{1, "he", false}, {9, "p"}, {0, "llo"}}),
         open({"ping p", "text hello"})},
        {"a close between fragments", raw({{1, "he", false}, {8, code(1000)}, {0, "llo"}}),
         closed(1000, {"close 1000 "})},
        {"a continuation of nothing", raw({0, "x"}), violated(1002)},
        {"a continuation after a whole message", raw({{1, "a"}, {0, "x"}}),
         violated(1002, {"text a"})},
        {"a text inside a fragmented one", raw({{1, "x", false}, {1, "y"}}), violated(1002)},
        {"a character cut by fragments",
         raw({{1, greek.substr(0, 3), false}, {0, greek.substr(3)}}), open({"text " + greek})},
        {"not UTF-8", raw({1, "\xC0\x80"}), violated(1007)},
        {"a surrogate", raw({1, "\xED\xA0\x80"}), violated(1007)},
        {"a text that ends inside a character", raw({1, "\xE2\x82"}), violated(1007)},
        {"the same in fragments", raw({{1, "\xE2", false}, {0, "\x82"}}), violated(1007)},
        {"not UTF-8 in the first of more fragments", raw({1, "ab\xFF", false}), violated(1007)},
        {"not UTF-8 in a frame that is not whole yet",
         raw({1, "ab\xFF and much more"}).substr(0, 9), violated(1007)},
        {"close without a code", raw({8}), closed(1005, {"close 1005 "})},
        {"close with half a code", raw({8, "x"}), violated(1002)},
        {"close with a reason", raw({8, code(4001, "bye €")}), closed(4001, {"close 4001 bye €"})},
        {"close with a reason that is not UTF-8", raw({8, code(1000, "\xFF")}), violated(1007)},
        {"close with a reason of 123 bytes", raw({8, code(1000, std::string(123, 'r'))}),
         closed(1000, {"close 1000 " + std::string(123, 'r')})},
        {"nothing counts after a close", raw({{8, code(1000)}, {1, "late"}, {3, "worse"}}),
         closed(1000, {"close 1000 "})},
        {"nothing counts after a violation", raw({{3, "x"}, {1, "late"}}), violated(1002)},
        {"what came before a violation counts", raw({{1, "a"}, {3, "x"}}),
         violated(1002, {"text a"})},
        {"a server's text", raw({1, "hi", true, false}), open({"text hi"}), Side::client},
        {"a server's frame that is masked", raw({1, "hi"}), violated(1002), Side::client},
        {"a server's fragments", raw({{1, "h", false, false}, {0, "i", true, false}}),
         open({"text hi"}), Side::client},
    };
    for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
        all.push_back({"a reserved opcode", raw({opcode, "x"}), violated(1002)});
    }
    for (const unsigned good : {1000u, 1001u, 1002u, 1003u, 1007u, 1011u, 1014u, 3000u, 4999u}) {
        all.push_back({"a close code that may be sent", raw({8, code(good)}),
                       closed(good, {"close " + std::to_string(good) + " "})});
    }
    for (const unsigned bad : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 2999u, 5000u, 65535u}) {
        all.push_back({"a close code that may not", raw({8, code(bad)}), violated(1002)});
    }
    return all;
}

TEST(WebSocketDecoder, WholeBytewiseAndAtRandomItHearsTheSame) {
    SeededRandom chance(1);
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(decode_whole(c.bytes, c.side), c.then);
        EXPECT_EQ(decode(c.bytes, [] { return 1u; }, c.side), c.then);
        for (int round = 0; round < 5; ++round) {
            const auto some = [&] { return 1 + chance.below(4097); };
            EXPECT_EQ(decode(c.bytes, some, c.side), c.then);
            const auto few = [&] { return 1 + chance.below(7); };
            EXPECT_EQ(decode(c.bytes, few, c.side), c.then);
        }
    }
}

TEST(WebSocketDecoder, AMessageHasAtMost256Fragments) {
    std::string bytes = raw({1, "", false});
    for (int i = 0; i < 254; ++i) bytes += raw({0, "", false});
    EXPECT_EQ(decode_whole(bytes + raw({0})), open({"text "}));
    EXPECT_EQ(decode_whole(bytes + raw({0, "", false}) + raw({0})), violated(1008));
    // And the count begins anew with the next message.
    EXPECT_EQ(decode_whole(bytes + raw({0}) + bytes + raw({0})), open({"text ", "text "}));
}

TEST(WebSocketDecoder, AWholeMessageIsAViewIntoTheCallersBuffer) {
    class Where final : public WebSocketSink {
    public:
        Flow on_text(std::string_view message) override {
            at.push_back(message.data());
            return Flow::go_on;
        }
        Flow on_binary(std::string_view) override { return Flow::stop; }
        Flow on_ping(std::string_view) override { return Flow::stop; }
        Flow on_pong(std::string_view) override { return Flow::stop; }
        void on_close(std::uint16_t, std::string_view) override {}
        std::vector<const char*> at;
    };
    std::string bytes = raw({{1, "one"}, {1, std::string(200, 'b')}});
    WebSocketDecoder decoder(Side::server, message_max);
    Where where;
    decoder.feed(bytes, where);
    EXPECT_THAT(where.at, ElementsAre(bytes.data() + 6, bytes.data() + 9 + 8));
    EXPECT_FALSE(decoder.mid_message());
}

TEST(WebSocketDecoder, HoldsOnlyWhatWasCutAndGivesItBack) {
    static_assert(sizeof(WebSocketDecoder) == 24);
    std::string bytes = raw({1, std::string(1000, 'a')});
    WebSocketDecoder decoder(Side::server, message_max);
    Listener listener;
    decoder.feed(std::span(bytes).first(3), listener);
    EXPECT_TRUE(decoder.mid_message());
    EXPECT_EQ(decoder.buffered_bytes(), 3u);
    decoder.feed(std::span(bytes).subspan(3, 500), listener);
    EXPECT_EQ(decoder.buffered_bytes(), 495u);  // 8 bytes were the header.
    decoder.feed(std::span(bytes).subspan(503), listener);
    EXPECT_FALSE(decoder.mid_message());
    EXPECT_EQ(decoder.buffered_bytes(), 0u);
    EXPECT_THAT(listener.heard, ElementsAre("text 1000 bytes"));
}

TEST(WebSocketDecoder, AnAnnouncedLengthTakesNoMemory) {
    std::string bytes = raw({1, std::string(message_max, 'a')}).substr(0, 20);
    WebSocketDecoder decoder(Side::server, message_max);
    Listener listener;
    decoder.feed(bytes, listener);
    EXPECT_EQ(decoder.buffered_bytes(), 6u);
}

TEST(WebSocketDecoder, APausedSinkGetsTheRestLater) {
    std::string bytes = raw({{1, "a"}, {1, "b"}, {1, "c"}, {1, "d", false}});
    std::string more = raw({0, "e"});
    WebSocketDecoder decoder(Side::server, message_max);
    Listener listener;
    listener.answer = WebSocketSink::Flow::pause;
    EXPECT_EQ(decoder.feed(bytes, listener).state, State::paused);
    EXPECT_THAT(listener.heard, ElementsAre("text a"));
    EXPECT_EQ(decoder.feed({}, listener).state, State::paused);
    EXPECT_THAT(listener.heard, ElementsAre("text a", "text b"));
    listener.answer = WebSocketSink::Flow::go_on;
    EXPECT_EQ(decoder.feed(more, listener).state, State::open);
    EXPECT_THAT(listener.heard, ElementsAre("text a", "text b", "text c", "text de"));
    EXPECT_FALSE(decoder.mid_message());
}

TEST(WebSocketDecoder, AStoppedSinkHearsNothingMore) {
    std::string bytes = raw({{1, "a"}, {1, "b"}});
    WebSocketDecoder decoder(Side::server, message_max);
    Listener listener;
    listener.answer = WebSocketSink::Flow::stop;
    EXPECT_EQ(decoder.feed(bytes, listener).state, State::closed);
    std::string more = raw({1, "c"});
    EXPECT_EQ(decoder.feed(more, listener).state, State::closed);
    EXPECT_THAT(listener.heard, ElementsAre("text a"));
}

TEST(WebSocketHandshake, TheKeyAndItsAnswer) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_TRUE(is_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
    for (const char* no :
         {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ=\n",
          "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub25jZQA=", "dGhl-HNhbXBsZSBub25jZQ=="}) {
        EXPECT_FALSE(is_websocket_key(no)) << no;
    }
}

TEST(WebSocketEncode, WhatIsEncodedIsDecodedAsItWas) {
    SeededRandom chance(2);
    for (const std::size_t size :
         {0u, 1u, 7u, 8u, 9u, 124u, 125u, 126u, 127u, 1000u, 65535u, 65536u, 69'999u}) {
        std::string payload(size, ' ');
        for (char& c : payload) c = static_cast<char>('!' + chance.below(90));
        const MaskKey random_key = chance.bytes<4>();
        for (const Opcode opcode : {Opcode::text, Opcode::binary}) {
            std::string from_server;
            std::string from_client;
            append_frame(from_server, opcode, payload);
            append_masked_frame(from_client, opcode, payload, random_key);
            EXPECT_EQ(from_server.size(), frame_header_size(size) + size);
            EXPECT_EQ(from_client.size(), frame_header_size(size) + 4 + size);

            const std::string kind = opcode == Opcode::text ? "text " : "binary ";
            const Outcome want =
                open({kind + (size > 60 ? std::to_string(size) + " bytes" : payload)});
            EXPECT_EQ(decode_whole(from_server, Side::client), want);
            EXPECT_EQ(decode_whole(from_client, Side::server), want);
        }
    }
}

TEST(WebSocketEncode, TheExamplesOfTheRfc) {
    std::string out;
    append_frame(out, Opcode::text, "Hello");
    EXPECT_EQ(out, "\x81\x05Hello");
    out.clear();
    append_masked_frame(out, Opcode::text, "Hello", key);
    EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    out.clear();
    append_frame_header(out, Opcode::binary, 256);
    EXPECT_EQ(out, std::string("\x82\x7E\x01\x00", 4));
    out.clear();
    append_frame_header(out, Opcode::binary, 65536);
    EXPECT_EQ(out, std::string("\x82\x7F\0\0\0\0\0\x01\0\0", 10));
}

TEST(WebSocketEncode, ACloseReasonIsCutBetweenCharacters) {
    EXPECT_EQ(close_payload(1000, "done"), code(1000, "done"));
    EXPECT_EQ(close_payload(ws_close::no_status, "unsaid"), "");
    EXPECT_EQ(close_payload(4000, std::string(200, 'r')), code(4000, std::string(123, 'r')));
    std::string euros;
    for (int i = 0; i < 60; ++i) euros += "€";
    EXPECT_EQ(close_payload(4000, "ab" + euros).size(), 2u + 2 + 120);
    EXPECT_EQ(close_payload(4000, euros).size(), 2u + 123);
}

TEST(WebSocketEncode, TheMaskGoesOnWhereItLeftOff) {
    const std::string text = "the quick brown fox jumps over the lazy dog";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        std::string whole = text;
        std::string parts = text;
        apply_mask(whole, key);
        apply_mask(std::span(parts).first(cut), key);
        apply_mask(std::span(parts).subspan(cut), key, cut);
        EXPECT_EQ(whole, parts) << cut;
    }
}

}  // namespace
}  // namespace lifeline::net
