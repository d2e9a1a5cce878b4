#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "base/histogram.h"

namespace lifeline::journal {

// What a journal has done since it was opened, for whoever watches it.
struct Figures {
    std::uint64_t commits = 0;
    std::uint64_t events = 0;
    std::uint64_t full = 0;      // Commits for which there was no room.
    std::uint64_t failures = 0;  // Of a sync or a write: after the first the journal has stopped.
    std::uint64_t index_flushes = 0;
    Distribution group_events = {};
    Distribution commit_seconds = {};
};

// Counted by the journal's workers, each figure by one of them; read from any thread.
class Tally {
public:
    void committed(std::uint64_t events, Micros took) {
        commits_.fetch_add(1, std::memory_order_relaxed);
        events_.fetch_add(events, std::memory_order_relaxed);
        group_events_.add(static_cast<double>(events));
        commit_seconds_.add(std::chrono::duration<double>(took).count());
    }
    void found_full() { full_.fetch_add(1, std::memory_order_relaxed); }
    void failed() { failures_.fetch_add(1, std::memory_order_relaxed); }
    void flushed_index() { index_flushes_.fetch_add(1, std::memory_order_relaxed); }

    Figures read() const {
        return {.commits = commits_.load(std::memory_order_relaxed),
                .events = events_.load(std::memory_order_relaxed),
                .full = full_.load(std::memory_order_relaxed),
                .failures = failures_.load(std::memory_order_relaxed),
                .index_flushes = index_flushes_.load(std::memory_order_relaxed),
                .group_events = group_events_.read(),
                .commit_seconds = commit_seconds_.read()};
    }

private:
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> events_ = 0;
    std::atomic<std::uint64_t> full_ = 0;
    std::atomic<std::uint64_t> failures_ = 0;
    std::atomic<std::uint64_t> index_flushes_ = 0;
    Histogram<9> group_events_{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
    // A commit is an fsync: from a fast NVMe to a disk that somebody has to look at.
    Histogram<11> commit_seconds_{{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5}};
};

}  // namespace lifeline::journal
