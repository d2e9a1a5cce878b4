#include "agent/openclaw_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/openclaw_story.h"
#include "base/log.h"
#include "mcp/session_key.h"

namespace lifeline::agent {

using openclaw::Heard;
using openclaw::Story;

// One turn there. To destroy it is to call it off.
class OpenClawRun final : public Run {
public:
    OpenClawRun(OpenClawDriver& driver, Prompt prompt, Hearer& hearer)
        : driver_(driver), prompt_(std::move(prompt)), hearer_(hearer) {
        timer_ = driver_.loop_.start_timer(prompt_.timeout, [this] {
            timer_ = 0;
            const bool ready = driver_.stand_ == OpenClawDriver::Stand::ready;
            fail({.reason = ready ? "model_stalled" : "model_unreachable",
                  .detail = ready ? "the agent gave no end in time" : "no gateway in time",
                  .retryable = true});
        });
        driver_.enter(*this);
    }
    ~OpenClawRun() override {
        if (timer_ != 0) driver_.loop_.cancel_timer(timer_);
        driver_.leave(*this);
        if (alive_ != nullptr) *alive_ = false;
    }

    const std::string& id() const { return prompt_.idempotency_key; }
    std::string session_key() const {
        return mcp::session_key(driver_.options_.agent_id, prompt_.session_id);
    }
    std::string message() const { return openclaw::message_of(prompt_); }
    const Prompt& prompt() const { return prompt_; }
    bool over() const { return over_; }
    bool running() const { return story_.end() == Story::End::none && !over_; }

    void take(const Heard& heard) {
        if (over_) return;
        bool alive = true;
        alive_ = &alive;
        const std::string piece = story_.take(heard);
        if (!piece.empty()) hearer_.text(piece);
        if (!alive) return;
        alive_ = nullptr;
        if (story_.end() == Story::End::none) return;
        if (story_.complete()) return finish();
        if (awaiting_result_) return;
        awaiting_result_ = true;
        if (timer_ != 0) driver_.loop_.cancel_timer(timer_);
        timer_ = driver_.loop_.start_timer(driver_.options_.result_wait, [this] {
            timer_ = 0;
            finish();
        });
    }

    void fail(const Failure& failure) {
        if (std::exchange(over_, true)) return;
        hearer_.failed(failure);
    }

private:
    // Each call into the hearer may destroy this.
    void finish() {
        if (std::exchange(over_, true)) return;
        const Story story = story_;
        Hearer& hearer = hearer_;
        bool alive = true;
        alive_ = &alive;
        if (!story.model().empty()) hearer.answering(story.model());
        if (alive && story.usage()) hearer.used(*story.usage());
        if (!alive) return;
        alive_ = nullptr;
        if (story.end() == Story::End::failed)
            return hearer.failed({.reason = "model_failed", .detail = story.failure()});
        hearer.ended(story.end() == Story::End::cancelled ? "cancelled" : "end_turn");
    }

    OpenClawDriver& driver_;
    Prompt prompt_;
    Hearer& hearer_;
    Story story_;
    bool over_ = false;
    bool awaiting_result_ = false;
    bool* alive_ = nullptr;
    Loop::TimerId timer_ = 0;
};

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
    if (run.running() && stand_ == Stand::ready)
        line_->send(openclaw::abort_request(next_id(), run.session_key(), run.id()));
    std::erase_if(asked_, [&](const auto& one) { return one.second == run.id(); });
}

// `again`: it may be running there, or be over. The same key is the same run, whose result is kept;
// one that goes on is waited for.
void OpenClawDriver::ask(OpenClawRun& run, bool again) {
    const std::string message = run.message();
    const std::string key = run.session_key();
    const std::string id = next_id();
    asked_[id] = run.id();
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
    if (asked == asked_.end()) return;
    OpenClawRun* run = find_run(asked->second);
    if (run == nullptr) return;
    if (heard.ok) return run->take(heard);
    run->fail({.reason = "model_failed",
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
    if (!runs_.empty()) retry();
}

void OpenClawDriver::refuse(std::string reason, std::string detail) {
    log::error("openclaw gateway refused reason={} {}", reason, detail);
    ++failures_;
    loop_.post([gone = std::shared_ptr<Line>(std::move(line_))] {});
    stand_ = Stand::refused;
    refusal_ = {.reason = std::move(reason), .detail = std::move(detail)};
    const Failure told = refusal_;
    // Whoever hears it may destroy any of them.
    for (OpenClawRun* run : std::vector(runs_))
        if (std::ranges::find(runs_, run) != runs_.end()) run->fail(told);
}

void OpenClawDriver::retry() {
    if (retry_timer_ != 0) return;
    const Millis most = std::min(options_.retry_most,
                                 options_.retry_first * (1 << std::clamp(failures_ - 1, 0, 10)));
    const auto wait = Millis{most.count() / 2 +
                             static_cast<std::int64_t>(random_.bytes<1>()[0]) * most.count() / 512};
    retry_timer_ = loop_.start_timer(wait, [this] {
        retry_timer_ = 0;
        if (runs_.empty()) {
            stand_ = Stand::away;
        } else {
            connect();
        }
    });
}

}  // namespace lifeline::agent
