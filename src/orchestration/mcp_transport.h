#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace lifeline::orchestration {

// Why a request gets no answer.
enum class McpLoss : std::uint8_t {
    not_sent,  // Nothing of it has left this machine.
    lost,      // It may have arrived.
    refused,   // The server would not look at it: nothing has happened.
    session,   // The server knows our session no more: nothing has happened; initialize again.
};

// Carries JSON-RPC messages to one MCP server and back. Lives on one loop; never calls its listener
// from inside a call, and never after close(), which may be called from inside any of them.
class McpTransport {
public:
    class Listener {
    public:
        // One JSON text, not looked at yet: a stranger's words.
        virtual void on_message(std::string_view json) = 0;
        virtual void on_request_lost(std::int64_t request, McpLoss loss, std::string why) = 0;
        // The line is gone, and with it every request that was sent.
        virtual void on_down(std::string why) = 0;

    protected:
        ~Listener() = default;
    };

    struct Message {
        std::string json;
        std::int64_t request = 0;  // 0: a notification or a reply; nobody waits for an answer.
        Millis timeout{10'000};  // How long it may take to come and, for a request, to be answered.
    };

    virtual ~McpTransport() = default;
    // Ready for a first message, or why not. Once, or again after on_down or close().
    virtual Status open(Listener& listener) = 0;
    // What initialize has led to; from now on messages belong to it.
    virtual void agreed(std::string_view protocol_version) = 0;
    virtual void send(Message message) = 0;
    // Nobody waits for this answer any more: it has come, or it is too late. May be called from
    // inside on_message.
    virtual void give_up(std::int64_t request) = 0;
    virtual void close() = 0;
};

}  // namespace lifeline::orchestration
