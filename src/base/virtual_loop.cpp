#include "base/virtual_loop.h"

namespace lifeline {

void VirtualClock::advance(Micros by) {
    steady_ += by;
    under_a_millisecond_ += by;
    const auto whole = std::chrono::floor<Millis>(under_a_millisecond_);
    wall_ += whole;
    under_a_millisecond_ -= whole;
}

Loop::TimerId VirtualLoop::start_timer(Millis after, Job job) {
    const TimerId id = ++last_timer_;
    const SteadyTime due = clock_.steady() + (after > Millis(0) ? after : Millis(0));
    due_.emplace(Due{due, id}, std::move(job));
    timers_.emplace(id, due);
    return id;
}

void VirtualLoop::cancel_timer(TimerId timer) {
    const auto found = timers_.find(timer);
    if (found == timers_.end()) return;
    // The job dies after the tables are in order: what it holds may come back to this loop.
    const auto entry = due_.extract(Due{found->second, timer});
    timers_.erase(found);
}

bool VirtualLoop::run_one() {
    if (jobs_.empty()) return false;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
    return true;
}

void VirtualLoop::run() {
    while (run_one()) {
    }
}

void VirtualLoop::run_for(Millis time) {
    const SteadyTime until = clock_.steady() + time;
    run();
    while (!due_.empty() && due_.begin()->first.first <= until) {
        auto entry = due_.extract(due_.begin());
        const auto [due, id] = entry.key();
        timers_.erase(id);
        if (due > clock_.steady()) clock_.advance(due - clock_.steady());
        entry.mapped()();
        run();
    }
    clock_.advance(until - clock_.steady());
}

void VirtualLoop::drop_all() {
    timers_.clear();
    // What the jobs hold may call back while it dies.
    const auto jobs = std::exchange(jobs_, {});
    const auto due = std::exchange(due_, {});
}

}  // namespace lifeline
