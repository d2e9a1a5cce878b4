#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/loop.h"
#include "journal/journal.h"

// What journal tests stand on: one thread that is loop and workers at once, and callbacks turned
// into values by running it.
namespace lifeline::journal {

class ManualClock final : public Clock {
public:
    WallTime wall() const override { return wall_; }
    SteadyTime steady() const override { return steady_; }
    void advance(Millis by) {
        wall_ += by;
        steady_ += by;
    }
    void set_wall(WallTime wall) { wall_ = wall; }

private:
    WallTime wall_{Millis(1'771'236'000'000)};
    SteadyTime steady_{Micros(1'000'000)};
};

// Runs what was posted, in order, when told to. It is also the worker for everything that blocks.
class ManualLoop final : public Loop, public Worker {
public:
    explicit ManualLoop(ManualClock& clock) : clock_(clock) {}

    void post(Job job) override { jobs_.push_back(std::move(job)); }
    void submit(Job job) override { jobs_.push_back(std::move(job)); }
    TimerId start_timer(Millis, Job) override {
        check_failed("no timers here", __FILE__, __LINE__);
    }
    void cancel_timer(TimerId) override {}
    Clock& clock() override { return clock_; }

    // One job; false when there was none.
    bool run_one() {
        if (jobs_.empty()) return false;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        job();
        return true;
    }
    void run() {
        while (run_one()) {
        }
    }
    void drop_all() { jobs_.clear(); }  // As a crash would.

private:
    ManualClock& clock_;
    std::deque<Job> jobs_;
};

// The value that an asynchronous call gives, by running the loop until it is there.
template <class T, class Start>
Result<T> wait_for(ManualLoop& loop, Start start) {
    std::optional<Result<T>> out;
    start(Done<T>([&](Result<T> result) {
        CHECK(!out);  // An answer comes once.
        out.emplace(std::move(result));
    }));
    loop.run();
    CHECK(out);  // And it does come.
    return std::move(*out);
}

inline Draft draft(std::string id, std::string bytes) {
    return {.event_id = std::move(id),
            .actor = {"user", "usr_1"},
            .cause = "",
            .bytes = std::move(bytes)};
}

// Bound to one journal and loop; every call runs the loop until it has its answer.
class Caller {
public:
    Caller(Journal& journal, ManualLoop& loop) : journal_(&journal), loop_(&loop) {}

    std::unique_ptr<Stream> open(std::string stream) {
        auto opened = try_open(std::move(stream));
        CHECK(opened);
        return std::move(*opened);
    }
    Result<std::unique_ptr<Stream>> try_open(std::string stream) {
        return wait_for<std::unique_ptr<Stream>>(
            *loop_, [&](auto done) { journal_->open(std::move(stream), *loop_, std::move(done)); });
    }
    Result<Appended> append(Stream& stream, std::vector<Draft> batch) {
        return append(stream, stream.head(), std::move(batch));
    }
    Result<Appended> append(Stream& stream, std::uint64_t expected, std::vector<Draft> batch) {
        return wait_for<Appended>(
            *loop_, [&](auto done) { stream.append(expected, std::move(batch), std::move(done)); });
    }
    Result<std::vector<StoredEvent>> read(Stream& stream, std::uint64_t after,
                                          ReadLimit limit = {}) {
        return wait_for<std::vector<StoredEvent>>(
            *loop_, [&](auto done) { stream.read(after, limit, std::move(done)); });
    }
    Result<std::vector<StoredEvent>> read(std::string stream, std::uint64_t after,
                                          ReadLimit limit = {}) {
        return wait_for<std::vector<StoredEvent>>(*loop_, [&](auto done) {
            journal_->read(std::move(stream), after, limit, *loop_, std::move(done));
        });
    }
    Result<std::optional<StoredEvent>> fetch(Stream& stream, std::string event_id) {
        return wait_for<std::optional<StoredEvent>>(
            *loop_, [&](auto done) { stream.fetch(std::move(event_id), std::move(done)); });
    }
    Result<std::vector<JournalEvent>> read_all(std::uint64_t after, ReadLimit limit = {}) {
        return wait_for<std::vector<JournalEvent>>(
            *loop_, [&](auto done) { journal_->read_all(after, limit, *loop_, std::move(done)); });
    }
    Result<std::vector<StreamHead>> list(std::string prefix, std::string after = {},
                                         std::size_t limit = 1000) {
        return wait_for<std::vector<StreamHead>>(*loop_, [&](auto done) {
            journal_->list_streams(std::move(prefix), std::move(after), limit, *loop_,
                                   std::move(done));
        });
    }

private:
    Journal* journal_;
    ManualLoop* loop_;
};

}  // namespace lifeline::journal
