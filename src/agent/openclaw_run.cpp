#include "agent/openclaw_run.h"

#include <utility>

#include "mcp/session_key.h"

namespace lifeline::agent {

using openclaw::Story;

OpenClawRun::OpenClawRun(OpenClawDriver& driver, Prompt prompt, Hearer& hearer)
    : driver_(driver), prompt_(std::move(prompt)), hearer_(hearer) {
    timer_ = driver_.loop_.start_timer(prompt_.timeout, [this] {
        timer_ = 0;
        out_of_time();
    });
    driver_.enter(*this);
}

OpenClawRun::~OpenClawRun() {
    if (timer_ != 0) driver_.loop_.cancel_timer(timer_);
    driver_.leave(*this);
    if (alive_ != nullptr) *alive_ = false;
}

std::string OpenClawRun::session_key() const {
    return mcp::session_key(driver_.options_.agent_id, prompt_.session_id);
}

void OpenClawRun::take(const openclaw::Heard& heard) {
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

void OpenClawRun::fail(const Failure& failure) {
    if (std::exchange(over_, true)) return;
    hearer_.failed(failure);
}

void OpenClawRun::refuse(const Failure& failure) {
    refused_ = true;
    fail(failure);
}

void OpenClawRun::out_of_time() {
    const bool ready = driver_.stand_ == OpenClawDriver::Stand::ready;
    fail({.reason = ready    ? "model_stalled"
                    : asked_ ? "model_cut"
                             : "model_unreachable",
          .detail = ready ? "the agent gave no end in time" : "no gateway in time",
          .retryable = true,
          .reached = asked_});
}

// Each call into the hearer may destroy this.
void OpenClawRun::finish() {
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

}  // namespace lifeline::agent
