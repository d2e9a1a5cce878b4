#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/json.h"
#include "orchestration/mcp_message.h"
#include "orchestration/mcp_transport.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

struct McpClientOptions {
    std::string name = "mcp";   // In log lines.
    std::string version = "0";  // Ours, as the server is told.
    Millis initialize_timeout = std::chrono::seconds(20);
    // After a failure it is opened again at the next request, but no sooner than this; doubled each
    // time until it has worked.
    Millis restart_first = std::chrono::seconds(1);
    Millis restart_last = std::chrono::seconds(60);
    // A request that was called off is waited for so long, in case it is answered all the same.
    Millis cancel_grace = std::chrono::seconds(3);
    std::size_t in_flight_max = 64;
    std::size_t tools_max = 512;
    std::size_t pages_max = 64;
    // Of messages that answer nothing, in a row. More is an endless stream, and the line is closed.
    std::size_t unasked_bytes_max = 4 << 20;
};

// A client of one MCP server (JSON-RPC 2.0; protocol 2025-06-18 or what the server answers of the
// versions we know): initialize, tools/list, tools/call. Opens its transport when it is first
// needed, and again after it broke.
//
// Everything the server says is a stranger's word: a message that is no strict JSON, answers
// nothing that was asked or asks something of us costs it bytes of a budget and us next to nothing.
// Of its requests `ping` is answered and all others are refused.
//
// Errors of a request: peer_unavailable (the server was not reached, or never looked at it: nothing
// has happened), answer_lost (it may have happened), peer_refused (a JSON-RPC error: the server
// says that it did not), overloaded (too many in flight).
class McpClient final : private McpTransport::Listener {
public:
    using RequestId = std::int64_t;
    template <class T>
    using Done = std::move_only_function<void(Result<T>)>;

    McpClient(Loop& loop, std::unique_ptr<McpTransport> transport, McpClientOptions options);
    // What is in flight ends without an answer.
    ~McpClient();

    // `done` is called once, from the loop, within `timeout`.
    void list_tools(Millis timeout, Done<std::vector<McpTool>> done);
    // How far a call is, as often as the server says so, before it is done.
    using Told = std::move_only_function<void(const McpProgress&)>;
    // The `result` of tools/call. `args_json` and `meta_json` (its `_meta`) are objects. Where
    // somebody wants to be `told`, the server is asked to say how far it is.
    RequestId call_tool(std::string_view tool, std::string_view args_json,
                        std::string_view meta_json, Millis timeout, Done<contract::Json> done,
                        Told told = {});
    // Asks the server to stop. `done` still comes: with an answer that overtook us, with
    // peer_unavailable when nothing was sent yet, else with answer_lost.
    void cancel(RequestId request, std::string_view why);

    const std::string& name() const { return options_.name; }
    bool is_ready() const { return state_ == State::ready; }

private:
    enum class State : std::uint8_t { closed, opening, ready };
    struct Request;
    struct Listing;

    void on_message(std::string_view json) override;
    void on_request_lost(std::int64_t request, McpLoss loss, std::string why) override;
    void on_down(std::string why) override;

    RequestId ask(std::string method, std::string params_json, Millis timeout,
                  Done<contract::Json> done);
    void begin(RequestId id);
    void open();
    void initialized(Result<contract::Json> answer);
    void transmit(RequestId id, Request& request);
    void answered(McpMessage message);
    void asked(const McpMessage& message);
    void progressed(const McpMessage& message);
    void unreadable(const Error& error);
    void unasked(std::size_t bytes);
    void timed_out(RequestId id);
    void settle(RequestId id, Result<contract::Json> answer);
    void broke(const std::string& why);
    void notify(std::string_view method, std::string_view params_json);
    void next_page(const std::shared_ptr<Listing>& listing, std::string params);
    void page(const std::shared_ptr<Listing>& listing, Result<contract::Json> answer);

    Loop& loop_;
    std::unique_ptr<McpTransport> transport_;
    McpClientOptions options_;
    State state_ = State::closed;
    unsigned opening_ = 0;  // How often it was opened.
    RequestId last_id_ = 0;
    RequestId initialize_ = 0;  // Of the request that opens, while it is under way.
    std::map<RequestId, std::unique_ptr<Request>> requests_;
    std::optional<SteadyTime> not_before_ = {};
    Millis backoff_{0};
    std::string last_failure_;
    std::size_t unasked_bytes_ = 0;
    std::size_t replies_ = 0;  // To requests of the server, since it last answered one of ours.
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace lifeline::orchestration
