#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/asio_loop.h"
#include "base/check.h"
#include "base/random.h"
#include "base/thread_worker.h"
#include "journal/sql_journal.h"
#include "money/talk.h"

namespace lifeline::money {

// Hours pass as fast as they are written.
class SetClock final : public Clock {
public:
    explicit SetClock(WallTime start) : start_(start) {}
    WallTime wall() const override { return start_ + Millis(passed_.load()); }
    SteadyTime steady() const override { return SteadyTime(Millis(passed_.load())); }
    void pass(Millis time) { passed_ += time.count(); }

private:
    WallTime start_;
    std::atomic<std::int64_t> passed_ = 0;
};

// Events by stream, at most 256 of each at once.
using Batches = std::map<std::string, std::vector<journal::Draft>>;

// A journal on its threads, as the server has it.
class House {
public:
    House(std::string folder, WallTime start);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    void add(Batches& batches, const std::string& stream, std::string_view type,
             std::string_view payload);
    // Until all of it is durable.
    void write(Batches batches);
    void write(const std::string& stream, std::string_view type, std::string_view payload);

    // What `ask` is answered, from any other thread.
    template <class T>
    T wait(std::function<void(journal::Done<T>)> ask) {
        std::promise<Result<T>> answer;
        ask([&](Result<T> given) { answer.set_value(std::move(given)); });
        auto given = answer.get_future().get();
        CHECK(given);
        if constexpr (!std::is_void_v<T>) return *std::move(given);
    }
    void on_loop(std::function<void()> job);

    SetClock& clock() { return clock_; }
    AsioLoop& loop() { return loop_; }
    journal::SqlJournal& journal() { return *journal_; }
    const std::string& folder() const { return folder_; }

private:
    void append(const std::string& stream, std::vector<journal::Draft> drafts, Job done);

    std::string folder_;
    SetClock clock_;
    SystemRandom random_;
    AsioLoop loop_;
    // Before the workers, whose last jobs still use it.
    std::unique_ptr<journal::SqlJournal> journal_;
    ThreadWorker writer_{"writer"};
    ThreadWorker marker_{"marker"};
    ThreadWorker reader_{"reader"};
    std::map<std::string, std::unique_ptr<journal::Stream>> streams_;  // Of the loop.
    std::uint64_t made_ = 0;
    std::jthread thread_;
};

}  // namespace lifeline::money
