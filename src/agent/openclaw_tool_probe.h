#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/openclaw_tools.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "base/result.h"
#include "net/websocket_client.h"

namespace lifeline::agent {

// Asks a gateway of OpenClaw which tools one of its agents has in a call, or else in a session of
// the probe's own, which is made where it is not there. Without a turn, so that no model is asked
// and nothing is done. Once; lives on its loop.
class OpenClawToolProbe final : net::WebSocketHearer {
public:
    struct Options {
        net::Peer gateway;
        std::string host;
        std::string token;
        std::string agent_id = "main";
        std::string server = "lifeline";  // The name that our MCP door has there.
        std::string session_id = {};      // The call; empty: none.
        Millis timeout{20'000};
    };
    using Done = std::move_only_function<void(Result<openclaw::Inventory>)>;

    // peer_unavailable where no gateway answers, peer_refused where it does not say.
    OpenClawToolProbe(AsioLoop& loop, Random& random, Options options, Done done);
    ~OpenClawToolProbe();
    OpenClawToolProbe(const OpenClawToolProbe&) = delete;
    OpenClawToolProbe& operator=(const OpenClawToolProbe&) = delete;

private:
    void opened() override {}  // The gateway speaks first.
    void heard(std::string_view text) override;
    void closed(std::uint16_t code, std::string_view why) override;

    void answered(std::string_view id, const contract::Json& frame);
    void ask_for_tools(std::string_view id);
    void over(Result<openclaw::Inventory> outcome);

    AsioLoop& loop_;
    Options options_;
    Done done_;
    std::string session_key_;
    Loop::TimerId timer_ = 0;
    std::unique_ptr<net::WebSocketClient> client_;
};

}  // namespace lifeline::agent
