#include "base/thread_worker.h"

#include <pthread.h>

namespace lifeline {

ThreadWorker::ThreadWorker(std::string name) : thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

ThreadWorker::~ThreadWorker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
}

void ThreadWorker::submit(Job job) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        was_empty = jobs_.empty();
        jobs_.push_back(std::move(job));
    }
    if (was_empty) wake_.notify_one();
}

void ThreadWorker::run() {
    std::deque<Job> taken;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            taken.swap(jobs_);
        }
        for (Job& job : taken) job();
        taken.clear();
    }
}

}  // namespace lifeline
