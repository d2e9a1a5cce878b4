#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"

namespace lifeline::agent {

// In whose name something is said in a call.
enum class As : std::uint8_t { agent, server };

// How a seat says something in its call: through the front door of the session, where the call's
// rules are asked. `done` comes once, on the seat's loop, never from inside, when it is durable or
// refused.
class Door {
public:
    using Done = std::move_only_function<void(Status)>;

    virtual ~Door() = default;
    virtual void publish(contract::Event event, As as, Done done) = 0;
};

// What an agent says, in order, one event after the other: each is brought again with the same
// bytes while storage says no, so it is there once or refused for good. Ids are the caller's, and
// derived: a process that comes after says the same under the same name.
class Outbox {
public:
    using Done = std::move_only_function<void(Status)>;

    Outbox(Loop& loop, Door& door, std::string session_id);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    void say(std::string_view event_id, std::string_view type, std::string_view payload_json,
             As as = As::agent, Done done = {});
    bool empty() const { return waiting_.empty(); }
    // Told once, by a job of its own, as soon as all that is to be said was said.
    void when_empty(std::function<void()> told);

private:
    struct Letter {
        contract::Event event;
        As as;
        Done done;
        int tries = 0;
    };
    void next();
    void answered(Status status);
    void tell_if_empty();

    Loop& loop_;
    Door& door_;
    std::string session_id_;
    contract::EventChecker checker_;
    std::deque<Letter> waiting_;  // The first is on its way, or waits to be.
    bool on_its_way_ = false;
    std::function<void()> when_empty_;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::agent
