#pragma once

#include <string>

#include "agent/driver.h"
#include "agent/openclaw_driver.h"
#include "agent/openclaw_story.h"
#include "base/loop.h"

namespace lifeline::agent {

// One turn at a gateway of OpenClaw, over however many connections of its driver. To destroy it is
// to call it off.
class OpenClawRun final : public Run {
public:
    OpenClawRun(OpenClawDriver& driver, Prompt prompt, Hearer& hearer);
    ~OpenClawRun() override;
    OpenClawRun(const OpenClawRun&) = delete;
    OpenClawRun& operator=(const OpenClawRun&) = delete;

    const std::string& id() const { return prompt_.idempotency_key; }
    std::string session_key() const;
    std::string message() const { return openclaw::message_of(prompt_); }
    const Prompt& prompt() const { return prompt_; }
    bool over() const { return over_; }  // Nothing more is told of it.
    bool asked() const { return asked_; }
    // It may be at work there, heard or not.
    bool running() const {
        return asked_ && !refused_ && story_.end() == openclaw::Story::End::none;
    }
    void was_asked() { asked_ = true; }

    // Each may destroy it.
    void take(const openclaw::Heard& heard);
    void fail(const Failure& failure);
    // The gateway says that there is no such run, or is none any more.
    void refuse(const Failure& failure);

private:
    void out_of_time();
    void finish();

    OpenClawDriver& driver_;
    Prompt prompt_;
    Hearer& hearer_;
    openclaw::Story story_;
    bool asked_ = false;  // At least once.
    bool refused_ = false;
    bool over_ = false;
    bool awaiting_result_ = false;
    bool* alive_ = nullptr;
    Loop::TimerId timer_ = 0;
};

}  // namespace lifeline::agent
