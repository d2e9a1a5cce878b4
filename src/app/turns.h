#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "base/loop.h"

namespace lifeline::app {

// One after the other: a job begins when the one before it has ended its turn, so that each is
// judged by what the one before it left. Lives on its loop; may be asked from any.
class Turns {
public:
    explicit Turns(Loop& home) : home_(home) {}
    ~Turns() { *alive_ = false; }
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    void take(Job job) {
        home_.post([this, alive = alive_, job = std::move(job)]() mutable {
            if (!*alive) return;
            if (std::exchange(busy_, true)) return waiting_.push_back(std::move(job));
            job();
        });
    }
    // On the loop, once for each job.
    void end() {
        busy_ = false;
        if (waiting_.empty()) return;
        Job next = std::move(waiting_.front());
        waiting_.pop_front();
        busy_ = true;
        next();
    }
    // What is told at the end of a turn.
    template <class Done>
    auto ending(Done done) {
        return [this, alive = alive_, done = std::move(done)](auto outcome) mutable {
            if (!*alive) return;
            end();
            done(std::move(outcome));
        };
    }

private:
    Loop& home_;
    std::deque<Job> waiting_;
    bool busy_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
