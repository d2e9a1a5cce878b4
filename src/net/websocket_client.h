#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/asio_loop.h"
#include "base/random.h"
#include "base/result.h"
#include "net/ip_address.h"

namespace lifeline::net {

class ClientLine;

// Who hears a WebSocketClient, on its loop. After `closed`, once, nothing is told any more. The
// client may be destroyed from inside each.
class WebSocketHearer {
public:
    virtual void opened() = 0;
    virtual void heard(std::string_view text) = 0;
    // `code` is the peer's, or 0 where no close frame came; `why` is for the log.
    virtual void closed(std::uint16_t code, std::string_view why) = 0;

protected:
    ~WebSocketHearer() = default;
};

// One WebSocket to a server that a configuration of ours names by its address, without TLS: another
// process of this machine, or of a private network. Pings are answered, nothing is compressed, and
// what a peer does not take in time is no reason to keep more: it is closed. Lives on the loop; to
// destroy it closes the connection.
class WebSocketClient {
public:
    struct Options {
        Peer peer;
        std::string host;  // Of the Host header.
        std::string target = "/";
        Millis opening{10'000};  // Until it stands.
        std::uint32_t message_bytes_max = 4U << 20U;
        std::size_t unsent_bytes_max = 4U << 20U;
    };

    // Begins to connect; nothing is told from inside.
    WebSocketClient(AsioLoop& loop, Random& random, Options options, WebSocketHearer& hearer);
    ~WebSocketClient();
    WebSocketClient(const WebSocketClient&) = delete;
    WebSocketClient& operator=(const WebSocketClient&) = delete;

    // After `opened`.
    void send(std::string_view text);

private:
    std::shared_ptr<ClientLine> line_;
};

}  // namespace lifeline::net
