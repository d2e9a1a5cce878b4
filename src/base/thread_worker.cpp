#include "base/thread_worker.h"

#include <pthread.h>

namespace lifeline {

ThreadWorker::ThreadWorker(std::string name) : thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

ThreadWorker::~ThreadWorker() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
}

void ThreadWorker::submit(Job job) {
    // Under the lock: once the job is seen to be done, this worker may be gone.
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (jobs_.size() == 1) wake_.notify_one();
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
