#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/driver.h"
#include "agent/openclaw_wire.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "net/websocket_client.h"

namespace lifeline::agent {

class OpenClawRun;

// An agent that OpenClaw runs: one connection to its gateway for all calls, one session there for
// each call, and the turn's key as the name of the run, so that a lost connection costs neither a
// turn nor a second one, nor the word that it is to stop. It acts by the MCP door. The gateway may
// be away: runs wait for it, as long as they have time. Lives on its loop; outlives its runs.
class OpenClawDriver final : public Driver {
public:
    struct Options {
        net::Peer gateway;
        std::string host = "127.0.0.1:18789";  // As the gateway hears itself called.
        std::string token = {};
        std::string agent_id = "main";
        Millis retry_first{250};
        Millis retry_most{10'000};
        // After the end, for its result, which has the usage.
        Millis result_wait{3'000};
    };

    OpenClawDriver(AsioLoop& loop, Random& random, Options options);
    ~OpenClawDriver() override;

    std::string_view name() const override { return "openclaw"; }
    std::string_view model() const override { return {}; }
    bool acts_by_itself() const override { return true; }
    std::unique_ptr<Run> start(Prompt prompt, Hearer& hearer) override;
    void call_off(std::string_view session_id, std::string_view idempotency_key) override;

private:
    friend class OpenClawRun;
    class Line;
    enum class Stand : std::uint8_t { away, connecting, ready, refused };

    void enter(OpenClawRun& run);
    void leave(OpenClawRun& run);
    void ask(OpenClawRun& run, bool again);
    void owe_abort(std::string session_key, std::string run_id);
    void send_abort(std::string_view run_id);
    void forget_old();
    bool wanted() const { return !runs_.empty() || !owed_.empty(); }
    OpenClawRun* find_run(std::string_view id);
    void connect();
    void heard(std::string_view text);
    void heard_response(const openclaw::Heard& heard);
    void heard_welcome(const openclaw::Heard& heard);
    void lost(std::uint16_t code, std::string_view why);
    void refuse(std::string reason, std::string detail);
    void retry();
    std::string next_id() { return "l" + std::to_string(++last_id_); }

    AsioLoop& loop_;
    Random& random_;
    Options options_;
    Stand stand_ = Stand::away;
    std::unique_ptr<Line> line_;
    std::string connect_id_;
    std::uint64_t last_id_ = 0;
    int failures_ = 0;
    Loop::TimerId retry_timer_ = 0;
    std::vector<OpenClawRun*> runs_;
    std::map<std::string, std::string, std::less<>> asked_;  // request id -> run id
    // Runs that are to stop there, until the gateway has answered that: what is sent down a line
    // that breaks is lost.
    struct Owed {
        std::string session_key;
        std::string request_id = {};
        SteadyTime since = {};
    };
    std::map<std::string, Owed, std::less<>> owed_;  // by run id
};

}  // namespace lifeline::agent
