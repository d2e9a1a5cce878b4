#include "app/socket_probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "net/dial.h"
#include "net/http_message.h"
#include "net/websocket.h"

namespace lifeline::app {

namespace {

constexpr std::size_t head_bytes_max = 16 * 1024;
constexpr std::uint32_t frame_bytes_max = 256 * 1024;
constexpr std::string_view ping_payload = "lifeline doctor";

std::unexpected<Error> no_upgrade(std::string what) {
    return fail(Code::unavailable, "peer_unavailable", std::move(what));
}

struct Frames final : net::WebSocketSink {
    Flow on_text(std::string_view message) override {
        if (seen.first_frame.empty()) seen.first_frame = message;
        return Flow::go_on;
    }
    Flow on_binary(std::string_view) override { return Flow::go_on; }
    Flow on_ping(std::string_view) override { return Flow::go_on; }
    Flow on_pong(std::string_view payload) override {
        seen.pong = payload == ping_payload;
        return Flow::go_on;
    }
    void on_close(std::uint16_t, std::string_view) override {}

    SocketSeen seen;
};

// Plain base64, which nothing else here needs.
std::string new_key(Random& random) {
    std::string key = to_base64url(view(random.bytes<16>()));
    std::ranges::replace(key, '-', '+');
    std::ranges::replace(key, '_', '/');
    return key + "==";
}

std::string opening(const net::Url& url, const std::string& origin, const std::string& token,
                    const std::string& key) {
    std::string out = fmt::format("GET {} HTTP/1.1\r\n", url.target);
    net::append_header_line(out, "Host", url.authority());
    net::append_header_line(out, "Upgrade", "websocket");
    net::append_header_line(out, "Connection", "Upgrade");
    net::append_header_line(out, "Sec-WebSocket-Key", key);
    net::append_header_line(out, "Sec-WebSocket-Version", "13");
    net::append_header_line(out, "Sec-WebSocket-Protocol", "lifeline.v1, auth." + token);
    net::append_header_line(out, "Origin", origin);
    net::append_header_line(out, "User-Agent", "lifeline doctor");
    return out + "\r\n";
}

// Whether the head of an answer accepts the upgrade, and if not, what it says instead.
Status judge(std::string_view head, const std::string& key) {
    const std::string status(head.substr(0, head.find("\r\n")));
    if (!status.starts_with("HTTP/1.1 101"))
        return no_upgrade(fmt::format("the answer to an upgrade is \"{}\", not 101", status));
    net::Headers headers;
    for (auto at = head.find("\r\n"); at != std::string_view::npos;
         at = head.find("\r\n", at + 2)) {
        const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        auto value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
    }
    const auto* accepted = net::find_header(headers, "Sec-WebSocket-Accept");
    if (accepted == nullptr || *accepted != net::accept_key(key))
        return no_upgrade("the upgrade was answered by somebody who does not know the key");
    return {};
}

}  // namespace

Result<SocketSeen> probe_socket(const net::Url& url, const std::string& origin,
                                const std::string& token, Random& random, Millis timeout) {
    auto connection = net::Dialed::open(url, timeout);
    if (!connection) return fail(connection.error());
    if (const auto& certificate = connection->certificate();
        certificate && !certificate->problem.empty())
        return no_upgrade(certificate->problem);
    const std::string key = new_key(random);
    if (auto sent = connection->send(opening(url, origin, token, key)); !sent)
        return fail(sent.error());

    std::string received;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
        auto more = connection->receive();
        if (!more) return fail(more.error());
        received += *more;
        end = received.find("\r\n\r\n");
        if (received.size() > head_bytes_max) return no_upgrade("the answer has no end");
    }
    if (auto accepted = judge(std::string_view(received).substr(0, end), key); !accepted)
        return fail(accepted.error());

    std::string ping;
    net::append_masked_frame(ping, net::Opcode::ping, ping_payload, random.bytes<4>());
    if (auto sent = connection->send(ping); !sent) return fail(sent.error());
    Frames frames;
    net::WebSocketDecoder decoder(net::WebSocketDecoder::Side::client, frame_bytes_max);
    received.erase(0, end + 4);
    for (;;) {
        const auto fed = decoder.feed(received, frames);
        const bool complete = !frames.seen.first_frame.empty() && frames.seen.pong;
        if (complete || fed.state != net::WebSocketDecoder::Fed::State::open) return frames.seen;
        auto more = connection->receive();
        if (!more) return frames.seen;
        received = std::move(*more);
    }
}

}  // namespace lifeline::app
