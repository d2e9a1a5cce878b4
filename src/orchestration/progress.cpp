#include "orchestration/progress.h"

#include <utility>

namespace lifeline::orchestration {

ProgressDesk::ProgressDesk(Loop& loop, Tell tell, Options options)
    : loop_(loop), tell_(std::move(tell)), options_(options) {}

ProgressDesk::~ProgressDesk() {
    for (auto& [key, entry] : entries_)
        if (entry.timer != 0) loop_.cancel_timer(entry.timer);
}

void ProgressDesk::take(const Job& job, Progress progress) {
    const Key key(job.session_id, job.action_id, job.fence);
    const auto found = entries_.find(key);
    if (found != entries_.end()) {
        found->second.next = std::move(progress);
        return;
    }
    if (entries_.size() >= options_.attempts_max) return;
    Entry& entry = entries_.emplace(key, Entry{.job = job, .told = progress}).first->second;
    entry.job.args_json.clear();  // Nobody needs them any more.
    pause(key, entry);
    tell_(job, progress);
}

void ProgressDesk::pause(const Key& key, Entry& entry) {
    entry.timer = loop_.start_timer(options_.pause, [this, key] { pause_over(key); });
}

void ProgressDesk::pause_over(const Key& key) {
    const auto found = entries_.find(key);
    Entry& entry = found->second;
    entry.timer = 0;
    const auto next = std::exchange(entry.next, std::nullopt);
    if (!next || *next == entry.told) {
        entries_.erase(found);
        return;
    }
    entry.told = *next;
    pause(key, entry);
    const Job job = entry.job;  // Whoever is told may bring the next word.
    tell_(job, *next);
}

}  // namespace lifeline::orchestration
