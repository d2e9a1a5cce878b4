#include "agent/openclaw_tool_probe.h"

#include <fmt/format.h>

#include <utility>

#include "agent/openclaw_wire.h"
#include "mcp/session_key.h"

namespace lifeline::agent {

namespace {

// The requests, by their ids, in the order in which they are made.
constexpr std::string_view connecting = "p1";
constexpr std::string_view first_asking = "p2";
constexpr std::string_view creating = "p3";
constexpr std::string_view second_asking = "p4";

constexpr std::string_view probe_session = "sess_probe";

}  // namespace

OpenClawToolProbe::OpenClawToolProbe(AsioLoop& loop, Random& random, Options options, Done done)
    : loop_(loop),
      options_(std::move(options)),
      done_(std::move(done)),
      session_key_(mcp::session_key(
          options_.agent_id, options_.session_id.empty() ? probe_session : options_.session_id)) {
    timer_ = loop_.start_timer(options_.timeout, [this] {
        timer_ = 0;
        over(fail(Code::unavailable, "peer_unavailable", "the gateway did not answer in time"));
    });
    net::WebSocketHearer& hearer = *this;
    client_ = std::make_unique<net::WebSocketClient>(
        loop_, random,
        net::WebSocketClient::Options{.peer = options_.gateway, .host = options_.host}, hearer);
}

OpenClawToolProbe::~OpenClawToolProbe() {
    if (timer_ != 0) loop_.cancel_timer(timer_);
}

void OpenClawToolProbe::heard(std::string_view text) {
    if (!done_) return;
    const auto frame = contract::Json::parse(text);
    if (!frame) return;
    if (frame->text("event") == "connect.challenge")
        return client_->send(openclaw::connect_request(connecting, options_.token));
    if (frame->text("type") == "res") answered(frame->text("id").value_or(""), *frame);
}

void OpenClawToolProbe::answered(std::string_view id, const contract::Json& frame) {
    const auto ok = frame.find("ok");
    if (ok && ok->as_bool() == true) {
        if (id == connecting) return ask_for_tools(first_asking);
        if (id == creating) return ask_for_tools(second_asking);
        if (id != first_asking && id != second_asking) return;
        const auto payload = frame.find("payload");
        if (!payload || !payload->find("groups"))
            return over(fail(Code::conflict, "peer_refused", "it does not say which tools"));
        return over(openclaw::inventory_in(*payload, options_.server));
    }
    const auto error = frame.find("error");
    const std::string why = fmt::format("{}: {}", error ? error->text("code").value_or("") : "",
                                        error ? error->text("message").value_or("") : "no reason");
    // None was made yet. That of a call is its agent's to make.
    if (id == first_asking && options_.session_id.empty() &&
        why.find("session") != std::string::npos)
        return client_->send(
            openclaw::create_session_request(creating, options_.agent_id, session_key_));
    over(fail(Code::conflict, "peer_refused", why));
}

void OpenClawToolProbe::ask_for_tools(std::string_view id) {
    client_->send(openclaw::effective_tools_request(id, options_.agent_id, session_key_));
}

void OpenClawToolProbe::closed(std::uint16_t, std::string_view why) {
    over(fail(Code::unavailable, "peer_unavailable", std::string(why)));
}

void OpenClawToolProbe::over(Result<openclaw::Inventory> outcome) {
    if (!done_) return;
    if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
    // Not from inside: whoever hears it may destroy this.
    loop_.post([done = std::exchange(done_, {}), outcome = std::move(outcome)]() mutable {
        done(std::move(outcome));
    });
}

}  // namespace lifeline::agent
