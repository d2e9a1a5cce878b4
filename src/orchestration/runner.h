#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "orchestration/start_window.h"
#include "orchestration/work.h"

namespace lifeline::orchestration {

// How a tool is run.
struct ToolRoute {
    Executor* executor = nullptr;  // Outlives the runner.
    std::string name = "builtin";  // Who runs it, as `executor` of action.started: "mcp:files".
    std::size_t concurrent_max = 8;
    std::size_t per_minute = 0;  // Attempts begun in any minute; 0: no limit.
};

struct RunnerOptions {
    std::size_t running_max = 64;     // Attempts at once, from claim to the outcome's being taken.
    std::size_t sessions_max = 4096;  // That wait to be looked at.
    // A lease is the timeout and this much longer, so that an outcome in time is always wanted.
    Millis lease_margin = std::chrono::seconds(30);
    // After a timeout an executor has this much time to say what came of it; then it counts as
    // lost. Less than the margin.
    Millis overrun = std::chrono::seconds(10);
    Millis retry_first{200};  // When storage says no; doubled each time.
    Millis retry_last = std::chrono::seconds(15);
};

struct RunnerCounters {
    std::uint64_t claims = 0;
    std::uint64_t claims_refused = 0;
    std::uint64_t executed = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::uint64_t unknown = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t handed_over = 0;
    std::uint64_t overrun = 0;            // Executors that did not answer in time.
    std::uint64_t finish_retries = 0;     // Outcomes that storage did not take at once.
    std::uint64_t outcomes_unwanted = 0;  // Outcomes refused for good.
    std::uint64_t pokes_refused = 0;      // The queue was full.
    std::uint64_t tool_unknown = 0;       // Claimables whose type has no route here.
    std::size_t running = 0;              // Now, as are the following.
    std::size_t waiting_sessions = 0;
};

// Runs approved actions: looks at calls that were poked, claims what may be claimed within the
// limits, hands it to the tool's executor and brings the outcome back. What it promises: an attempt
// is executed once for a claim and never without one; its outcome is handed in until storage takes
// it, and never executed again meanwhile; after drain() began nothing is executed.
//
// It remembers nothing that matters: after a crash the claims' leases run out, and the calls know
// what that means. One loop; may be destroyed at any time, what runs is then nobody's.
class Runner {
public:
    Runner(Loop& loop, Work& work, std::map<std::string, ToolRoute> tools,
           RunnerOptions options = {});
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    // One more tool, of a server that says only now what it offers; one that is there stays as it
    // is. Calls that have waited for it are looked at.
    void add(const std::string& type, ToolRoute route);

    // Something in that call may be claimable. False when the queue is full or the runner drains:
    // poke again later.
    bool poke(std::string session_id);
    // Called off: stopped if it runs and can be stopped. Its outcome comes through Work as ever.
    void cancel(std::string_view session_id, std::string_view action_id);
    // Takes nothing any more; `done` when all that runs has an outcome that was taken. Once.
    void drain(std::move_only_function<void()> done);

    RunnerCounters counters() const;

private:
    using Key = std::pair<std::string, std::string>;  // session, action

    struct Waiting {  // Sessions, each once, in the order in which they came.
        std::deque<std::string> order;
        std::unordered_set<std::string> present;
        bool add(const std::string& session);
        std::string take();
    };
    struct Tool {
        ToolRoute route;
        StartWindow window;
        Waiting blocked = {};  // Until one of its attempts ends, or its minute.
        std::size_t running = 0;
        Loop::TimerId timer = 0;
    };
    struct Attempt {
        enum class Phase : std::uint8_t { claiming, executing, finishing, over };
        Key key;
        Tool* tool = nullptr;
        Millis timeout{0};
        SteadyTime began = {};
        Phase phase = Phase::claiming;
        bool called_off = false;
        Job job = {};
        Outcome outcome = {};
        unsigned failures = 0;  // Of storage to take the outcome.
        Loop::TimerId timer = 0;
    };
    using AttemptPtr = std::shared_ptr<Attempt>;
    enum class Go : std::uint8_t { on, no_room };

    void look_soon();
    void look();
    void listed(const std::string& session, const Result<std::vector<Claimable>>& found);
    Go consider(const std::string& session, const Claimable& candidate);
    void block(Tool& tool, const std::string& session);
    void claim(const std::string& session, const Claimable& candidate, Tool& tool);
    void claimed(const AttemptPtr& attempt, Result<Job> job);
    void execute(const AttemptPtr& attempt);
    void executed(const AttemptPtr& attempt, Outcome outcome);
    void overran(const AttemptPtr& attempt);
    void hand_in(const AttemptPtr& attempt);
    void handed_in(const AttemptPtr& attempt, const Status& status);
    void over(const AttemptPtr& attempt);
    void release(Tool& tool);
    void look_again(const std::string& session, Millis after);
    void storage_failed(const std::string& session);
    void finish_drain();
    Millis backoff(unsigned failures) const;
    void count(Outcome::Kind kind);
    Loop::TimerId start_timer(Millis after, std::move_only_function<void()> what);
    void cancel_timer(Loop::TimerId& timer);

    Loop& loop_;
    Work& work_;
    RunnerOptions options_;
    std::map<std::string, Tool, std::less<>> tools_;

    Waiting poked_;
    std::map<std::string, Waiting, std::less<>> routeless_;  // By the type that nobody runs yet.
    std::map<Key, AttemptPtr> attempts_;
    struct Again {
        Loop::TimerId timer = 0;
        SteadyTime due = {};
    };
    std::unordered_map<std::string, Again> again_;        // When to look at a session again.
    std::unordered_map<std::string, unsigned> failures_;  // Of storage, in a row, by session.

    bool looking_ = false;  // A look is posted.
    std::size_t lists_ = 0;
    bool draining_ = false;
    std::move_only_function<void()> drained_;
    RunnerCounters counters_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();  // What comes back asks it first.
};

}  // namespace lifeline::orchestration
