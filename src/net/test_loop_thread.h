#pragma once

#include <future>
#include <thread>
#include <utility>

#include "base/asio_loop.h"

namespace lifeline::net {

// A loop on a thread of its own, for tests that are the other side of it.
class LoopThread {
public:
    LoopThread() : thread_([this] { loop.run(); }) {}
    ~LoopThread() {
        loop.stop();
        thread_.join();
    }
    // Runs on the loop and waits for what it returns.
    template <class Call>
    auto on_loop(Call call) -> decltype(call()) {
        std::packaged_task<decltype(call())()> task(std::move(call));
        auto value = task.get_future();
        loop.post([&task] { task(); });
        return value.get();
    }

    AsioLoop loop;

private:
    std::thread thread_;
};

}  // namespace lifeline::net
