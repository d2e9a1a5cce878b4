#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "base/loop.h"

namespace lifeline {

// A named thread that runs what it is given, in order. The destructor runs what is left, then
// joins.
class ThreadWorker final : public Worker {
public:
    explicit ThreadWorker(std::string name);
    ~ThreadWorker() override;
    void submit(Job job) override;

private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;  // Protected by mutex_; bounded by those who submit.
    bool stopping_ = false;
    std::jthread thread_;
};

}  // namespace lifeline
