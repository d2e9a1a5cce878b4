#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace lifeline {

using Job = std::move_only_function<void()>;

// One thread's queue of work. A stream and its connections are pinned to one Loop and their state
// is touched only from its jobs, so rooms above need no lock. Jobs run to completion, in the order
// they were posted. Implementations: AsioLoop (a thread with sockets) and the simulation's own,
// which keeps virtual time; domain rooms know only this, so they need no Asio to compile or to be
// tested.
class Loop {
public:
    using TimerId = std::uint64_t;

    virtual ~Loop() = default;
    // From any thread.
    virtual void post(Job job) = 0;
    // The rest from the loop's own thread only. A timer never runs inside start_timer.
    virtual TimerId start_timer(Millis after, Job job) = 0;
    virtual void cancel_timer(TimerId timer) = 0;
    virtual Clock& clock() = 0;
};

// A place for work that blocks (SQL, fsync): jobs run one after the other, not on a loop.
// ThreadWorker is a thread; the simulation runs them as events of its own.
class Worker {
public:
    virtual ~Worker() = default;
    virtual void submit(Job job) = 0;
};

}  // namespace lifeline
