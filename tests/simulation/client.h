#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/random.h"
#include "contract/json.h"
#include "house.h"
#include "model.h"
#include "net/fake_socket.h"
#include "net/websocket.h"

namespace lifeline::simulation {

// A well-behaved client on a bad network: publishes, reads, loses its connection, comes back with
// its cursor, and publishes again what it has not seen yet, under the same eventId.
class Client final : net::SocketHandler, net::WebSocketSink {
public:
    Client(House& house, Model& model, Random& chance, std::string call, std::string user);

    void connect();
    void publish();
    // An event that stands already, sent again; the server must answer with its first place.
    void repeat();
    // A known eventId with another body; must be refused.
    void forge();
    // The connection goes: both ends know (reset), or neither does (cut).
    void reset();
    void cut();
    void vanish();  // The server's process is gone.

    bool connected() const { return socket_ != nullptr; }
    std::size_t waiting() const { return waiting_.size(); }
    std::uint64_t cursor() const { return cursor_; }
    const std::string& call() const { return call_; }

private:
    void on_readable() override;
    void on_writable() override;
    Flow on_text(std::string_view message) override;
    Flow on_binary(std::string_view) override { return Flow::stop; }
    Flow on_ping(std::string_view payload) override;
    Flow on_pong(std::string_view) override { return Flow::go_on; }
    void on_close(std::uint16_t, std::string_view) override { closing_ = true; }

    void read();
    void send(net::Opcode opcode, std::string_view payload);
    void flush();
    void drop();
    void saw_event(std::string_view text);
    void saw_skipped(const contract::Json& frame);

    House& house_;
    Model& model_;
    Random& chance_;
    std::string call_;
    std::string user_;
    std::unique_ptr<net::FakeWire> wire_;
    std::unique_ptr<net::Socket> socket_;
    std::unique_ptr<net::WebSocketDecoder> decoder_;
    std::string out_;
    std::string resume_token_;
    bool greeted_ = false;
    bool closing_ = false;
    std::uint64_t cursor_ = 0;
    std::uint64_t made_ = 0;
    std::map<std::string, std::string> waiting_;  // Published and not seen yet: id -> event.
    std::map<std::string, std::string> seen_;     // Own ones that stand.
    std::set<std::string> forged_;                // Ids that were sent with another body too.
};

}  // namespace lifeline::simulation
