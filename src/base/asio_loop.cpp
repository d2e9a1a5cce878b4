#include "base/asio_loop.h"

#include <boost/asio/post.hpp>

namespace lifeline {

namespace asio = boost::asio;

AsioLoop::AsioLoop() : work_(asio::make_work_guard(context_)) {}

AsioLoop::~AsioLoop() {
    timers_.clear();
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
    auto& timer = timers_.emplace(id, asio::steady_timer(context_, after)).first->second;
    timer.async_wait([this, id, run = std::move(job)](boost::system::error_code error) mutable {
        if (error) return;  // Cancelled: the entry is gone already.
        timers_.erase(id);
        run();
    });
    return id;
}

void AsioLoop::cancel_timer(TimerId timer) {
    timers_.erase(timer);  // A timer that is destroyed is cancelled.
}

void AsioLoop::run() {
    context_.run();
}

void AsioLoop::stop() {
    post([this] { context_.stop(); });
}

}  // namespace lifeline
