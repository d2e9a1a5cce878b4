#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/loop.h"
#include "orchestration/executor.h"

namespace lifeline::orchestration {

// How far an attempt is, in the tool's own words.
struct Progress {
    std::string message;            // For people; it fits an event.
    std::optional<double> percent;  // 0 to 100, where the tool says of how much.

    friend bool operator==(const Progress&, const Progress&) = default;
};

// Tells a call how far its actions are, however often their tools say so: the first word at once,
// then the newest one each time the pause is over. Everything that is told becomes an event, so a
// chatty tool must not fill a journal. Nothing waits for it, and what is lost is only news. One
// loop.
class ProgressDesk {
public:
    // The attempt, and what to tell of it; a refusal (the attempt is over) is nobody's mistake.
    using Tell = std::function<void(const Job&, const Progress&)>;

    struct Options {
        Millis pause = std::chrono::seconds(1);
        std::size_t attempts_max = 1024;  // At once; more are not told of.
    };

    ProgressDesk(Loop& loop, Tell tell, Options options);
    ~ProgressDesk();
    ProgressDesk(const ProgressDesk&) = delete;
    ProgressDesk& operator=(const ProgressDesk&) = delete;

    void take(const Job& job, Progress progress);

private:
    using Key = std::tuple<std::string, std::string, std::uint64_t>;  // session, action, fence
    struct Entry {
        Job job;
        Progress told;
        std::optional<Progress> next = {};
        Loop::TimerId timer = 0;
    };
    void pause(const Key& key, Entry& entry);
    void pause_over(const Key& key);

    Loop& loop_;
    Tell tell_;
    Options options_;
    std::map<Key, Entry> entries_;  // Each until a pause went by without news.
};

}  // namespace lifeline::orchestration
