#include "base/asio_loop.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace lifeline {

namespace asio = boost::asio;

AsioLoop::AsioLoop() : work_(asio::make_work_guard(context_)) {}

AsioLoop::~AsioLoop() {
    const auto cancelled = std::exchange(timers_, {});
}

void AsioLoop::post(Job job) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        was_empty = posted_.empty();
        posted_.push_back(std::move(job));
    }
    if (was_empty) asio::post(context_, [this] { drain(); });
}

void AsioLoop::drain() {
    {
        const std::lock_guard lock(mutex_);
        running_.swap(posted_);
    }
    for (Job& job : running_) job();
    running_.clear();
}

Loop::TimerId AsioLoop::start_timer(Millis after, Job job) {
    const TimerId id = ++last_timer_;
    Timer waiting{asio::steady_timer(context_, after), std::move(job)};
    auto& timer = timers_.emplace(id, std::move(waiting)).first->second.timer;
    timer.async_wait([this, id](boost::system::error_code) {
        auto due = timers_.extract(id);
        if (due) due.mapped().job();  // Otherwise it was cancelled.
    });
    return id;
}

void AsioLoop::cancel_timer(TimerId timer) {
    // A timer that is destroyed is cancelled. It dies after the table is in order: what its job
    // holds may come back to this loop.
    const auto cancelled = timers_.extract(timer);
}

void AsioLoop::run() {
    context_.run();
}

void AsioLoop::stop() {
    post([this] { context_.stop(); });
}

}  // namespace lifeline
