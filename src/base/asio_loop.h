#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/loop.h"

namespace lifeline {

// A Loop over an io_context run by one thread. Posting from another thread costs a wake-up only
// when the queue was empty, so a turn's worth of completions arrives with one.
class AsioLoop final : public Loop {
public:
    AsioLoop();
    ~AsioLoop() override;

    void post(Job job) override;
    TimerId start_timer(Millis after, Job job) override;
    void cancel_timer(TimerId timer) override;
    Clock& clock() override { return clock_; }

    boost::asio::io_context& context() { return context_; }
    // Runs on the calling thread until stop().
    void run();
    // From any thread. What was posted before it still runs.
    void stop();

private:
    void drain();

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    SystemClock clock_;

    std::mutex mutex_;
    std::vector<Job> posted_;  // Protected by mutex_.
    std::vector<Job> running_;

    // The job waits here and not in Asio's handler: a timer that has expired, but whose handler is
    // still queued, can no longer be cancelled there.
    struct Timer {
        boost::asio::steady_timer timer;
        Job job;
    };
    std::unordered_map<TimerId, Timer> timers_;
    TimerId last_timer_ = 0;
};

}  // namespace lifeline
