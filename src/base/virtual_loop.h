#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "base/loop.h"

namespace lifeline {

// A clock that stands still until it is moved.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(WallTime start = WallTime(Millis(1'771'236'000'000))) : wall_(start) {}

    WallTime wall() const override { return wall_; }
    SteadyTime steady() const override { return steady_; }
    void advance(Micros by);
    // What an administrator or a time server does; steady time knows nothing of it.
    void set_wall(WallTime wall) { wall_ = wall; }

private:
    WallTime wall_;
    SteadyTime steady_{Micros(1'000'000)};
    Micros under_a_millisecond_{0};
};

// A Loop, and a Worker, on virtual time: jobs in the order they were posted, timers in the order
// they are due, hours in milliseconds, and the same again every time. For tests and the simulation;
// one thread.
class VirtualLoop final : public Loop, public Worker {
public:
    void post(Job job) override { jobs_.push_back(std::move(job)); }
    void submit(Job job) override { post(std::move(job)); }
    TimerId start_timer(Millis after, Job job) override;
    void cancel_timer(TimerId timer) override;
    VirtualClock& clock() override { return clock_; }

    // One posted job; false when there was none.
    bool run_one();
    // Until nothing is posted. Time stands still.
    void run();
    // Runs, and lets time pass, timer by timer.
    void run_for(Millis time);
    // As a crash would: nothing that was posted or awaited happens.
    void drop_all();

    std::size_t timers() const { return due_.size(); }

private:
    using Due = std::pair<SteadyTime, TimerId>;

    VirtualClock clock_;
    std::deque<Job> jobs_;
    std::map<Due, Job> due_;
    std::map<TimerId, SteadyTime> timers_;
    TimerId last_timer_ = 0;
};

}  // namespace lifeline
