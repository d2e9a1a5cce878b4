#include "agent/openclaw_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/openclaw_run.h"
#include "base/log.h"
#include "mcp/session_key.h"

namespace lifeline::agent {

using openclaw::Heard;

namespace {

// A run that was to stop is over by then, whatever became of it.
constexpr Millis owed_for{900'000};
constexpr std::size_t owed_max = 1'000;

}  // namespace

// The connection as it stands; another one takes its place when it is lost.
class OpenClawDriver::Line final : public net::WebSocketHearer {
public:
    explicit Line(OpenClawDriver& driver)
        : driver_(driver),
          client_(driver.loop_, driver.random_,
                  {.peer = driver.options_.gateway, .host = driver.options_.host}, *this) {}

    void opened() override {}  // The gateway speaks first.
    void heard(std::string_view text) override { driver_.heard(text); }
    void closed(std::uint16_t code, std::string_view why) override { driver_.lost(code, why); }
    void send(std::string_view text) { client_.send(text); }

private:
    OpenClawDriver& driver_;
    net::WebSocketClient client_;
};

OpenClawDriver::OpenClawDriver(AsioLoop& loop, Random& random, Options options)
    : loop_(loop), random_(random), options_(std::move(options)) {}

OpenClawDriver::~OpenClawDriver() {
    if (retry_timer_ != 0) loop_.cancel_timer(retry_timer_);
}

std::unique_ptr<Run> OpenClawDriver::start(Prompt prompt, Hearer& hearer) {
    return std::make_unique<OpenClawRun>(*this, std::move(prompt), hearer);
}

void OpenClawDriver::enter(OpenClawRun& run) {
    runs_.push_back(&run);
    switch (stand_) {
        case Stand::ready:
            return ask(run, false);
        case Stand::away:
            if (retry_timer_ == 0) connect();
            return;
        case Stand::connecting:
            return;
        case Stand::refused:
            // Somebody may have changed the gateway since.
            retry();
            return;
    }
}

void OpenClawDriver::leave(OpenClawRun& run) {
    std::erase(runs_, &run);
    std::erase_if(asked_, [&](const auto& one) { return one.second == run.id(); });
    if (run.running()) owe_abort(run.session_key(), run.id());
}

void OpenClawDriver::call_off(std::string_view session_id, std::string_view idempotency_key) {
    owe_abort(mcp::session_key(options_.agent_id, session_id), std::string(idempotency_key));
}

void OpenClawDriver::owe_abort(std::string session_key, std::string run_id) {
    forget_old();
    if (owed_.size() >= owed_max) {
        log::warn("openclaw run={} is not called off: too many are", run_id);
        return;
    }
    owed_[run_id] = {.session_key = std::move(session_key), .since = loop_.clock().steady()};
    if (stand_ == Stand::ready) return send_abort(run_id);
    if (stand_ == Stand::away && retry_timer_ == 0) connect();
}

void OpenClawDriver::forget_old() {
    const SteadyTime now = loop_.clock().steady();
    std::erase_if(owed_, [&](const auto& one) { return one.second.since + owed_for < now; });
}

void OpenClawDriver::send_abort(std::string_view run_id) {
    Owed& owed = owed_.find(run_id)->second;
    owed.request_id = next_id();
    line_->send(openclaw::abort_request(owed.request_id, owed.session_key, run_id));
}

// `again`: it may be running there, or be over. The same key is the same run, whose result is kept;
// one that goes on is waited for.
void OpenClawDriver::ask(OpenClawRun& run, bool again) {
    const std::string message = run.message();
    const std::string key = run.session_key();
    const std::string id = next_id();
    asked_[id] = run.id();
    run.was_asked();
    line_->send(openclaw::agent_request(id, {.message = message,
                                             .agent_id = options_.agent_id,
                                             .session_key = key,
                                             .idempotency_key = run.id()}));
    if (!again) return;
    const std::string waiting = next_id();
    asked_[waiting] = run.id();
    line_->send(openclaw::wait_request(waiting, run.id(), run.prompt().timeout));
}

void OpenClawDriver::connect() {
    stand_ = Stand::connecting;
    connect_id_.clear();
    line_ = std::make_unique<Line>(*this);
}

OpenClawRun* OpenClawDriver::find_run(std::string_view id) {
    const auto found = std::ranges::find(runs_, id, &OpenClawRun::id);
    return found != runs_.end() ? *found : nullptr;
}

void OpenClawDriver::heard(std::string_view text) {
    if (!line_) return;  // Given up; what else it had to say comes too late.
    const auto heard = openclaw::read_frame(text);
    if (!heard) {
        log::warn("openclaw frame that is no JSON reason={}", heard.error().reason);
        return;
    }
    switch (heard->kind) {
        case Heard::Kind::challenge:
            connect_id_ = next_id();
            return line_->send(openclaw::connect_request(connect_id_, options_.token));
        case Heard::Kind::response:
            return heard_response(*heard);
        case Heard::Kind::run:
            if (OpenClawRun* run = find_run(heard->run_id)) run->take(*heard);
            return;
        case Heard::Kind::shutdown:
        case Heard::Kind::other:
            return;
    }
}

void OpenClawDriver::heard_response(const Heard& heard) {
    if (heard.id == connect_id_ && stand_ == Stand::connecting) return heard_welcome(heard);
    const auto asked = asked_.find(heard.id);
    if (asked == asked_.end()) {
        std::erase_if(owed_, [&](const auto& one) { return one.second.request_id == heard.id; });
        return;
    }
    OpenClawRun* run = find_run(asked->second);
    if (run == nullptr) return;
    if (heard.ok) return run->take(heard);
    run->refuse({.reason = "model_failed",
                 .detail = fmt::format("{}: {}", heard.code, heard.message),
                 .retryable = heard.retryable || heard.code == "UNAVAILABLE"});
}

void OpenClawDriver::heard_welcome(const Heard& heard) {
    if (!heard.ok) {
        // While it starts it says so, and closes.
        if (heard.retryable || heard.code == "UNAVAILABLE") return lost(0, heard.message);
        return refuse("gateway_refused", fmt::format("{}: {}", heard.code, heard.message));
    }
    if (heard.protocol != openclaw::protocol)
        return refuse("gateway_protocol", fmt::format("the gateway speaks protocol {}, not {}",
                                                      heard.protocol, openclaw::protocol));
    const bool again = failures_ > 0;
    failures_ = 0;
    stand_ = Stand::ready;
    asked_.clear();
    // First what is to stop: the next turn of the same session waits for its end there.
    for (const auto& [run_id, owed] : owed_) send_abort(run_id);
    for (OpenClawRun* run : runs_)
        if (!run->over()) ask(*run, again);
}

void OpenClawDriver::lost(std::uint16_t code, std::string_view why) {
    if (!line_) return;
    log::warn("openclaw gateway lost code={} {}", code, why);
    ++failures_;
    // Not from inside the line that tells it.
    loop_.post([gone = std::shared_ptr<Line>(std::move(line_))] {});
    stand_ = Stand::away;
    if (wanted()) retry();
}

void OpenClawDriver::refuse(std::string reason, std::string detail) {
    log::error("openclaw gateway refused reason={} {}", reason, detail);
    ++failures_;
    loop_.post([gone = std::shared_ptr<Line>(std::move(line_))] {});
    stand_ = Stand::refused;
    Failure told{.reason = std::move(reason), .detail = std::move(detail)};
    // Whoever hears it may destroy any of them.
    for (OpenClawRun* run : std::vector(runs_)) {
        if (std::ranges::find(runs_, run) == runs_.end()) continue;
        told.reached = run->asked();
        run->fail(told);
    }
}

void OpenClawDriver::retry() {
    if (retry_timer_ != 0) return;
    const Millis most = std::min(options_.retry_most,
                                 options_.retry_first * (1 << std::clamp(failures_ - 1, 0, 10)));
    const auto wait = Millis{most.count() / 2 +
                             static_cast<std::int64_t>(random_.bytes<1>()[0]) * most.count() / 512};
    retry_timer_ = loop_.start_timer(wait, [this] {
        retry_timer_ = 0;
        forget_old();
        if (wanted()) {
            connect();
        } else {
            stand_ = Stand::away;
        }
    });
}

}  // namespace lifeline::agent
