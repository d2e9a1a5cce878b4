#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "contract/reason.h"
#include "orchestration/runner.h"

// The runner in a world where everything takes its time, storage fails, somebody else claims too,
// executors answer late or never, and people call things off: whatever the order, an attempt is
// executed once for a claim, and its outcome is handed in once.
namespace lifeline::orchestration {
namespace {

constexpr std::size_t concurrent_max = 3;
constexpr std::size_t per_minute = 20;

class World final : public Work, public Executor {
public:
    explicit World(std::uint64_t seed) : chance(seed) {
        RunnerOptions options;
        options.running_max = 1 + chance.below(8);
        options.sessions_max = 1 + chance.below(6);
        const ToolRoute limited{
            .executor = this, .concurrent_max = concurrent_max, .per_minute = per_minute};
        const ToolRoute free{.executor = this, .concurrent_max = 100};
        runner.emplace(loop, *this,
                       std::map<std::string, ToolRoute>{{"limited", limited}, {"free", free}},
                       options);
    }

    void live() {
        const bool drains = chance.below(3) == 0;
        for (int step = 0; step < 60; ++step) {
            if (chance.below(2) == 0) approve();
            if (chance.below(4) == 0) call_some_off();
            loop.run_for(Millis(chance.below(4000)));
            if (drains && step == 30) drain();
        }
        // Whoever is not heard pokes again, as the calls do when they are opened.
        failing = false;
        for (int round = 0; round < 60; ++round) {
            for (const auto& [session, actions] : calls) {
                runner->poke(session);
                loop.run_for(std::chrono::seconds(6));
            }
        }
        judge(drains);
    }

    void list(std::string session,
              std::move_only_function<void(Result<std::vector<Claimable>>)> done) override {
        soon([this, session, done = std::move(done)]() mutable {
            if (storage_fails()) return done(contract::refuse("storage_unavailable"));
            std::vector<Claimable> found;
            for (const auto& [id, action] : calls[session])
                if (action.state == State::approved) found.push_back(action.claimable);
            done(std::move(found));
        });
    }
    void claim(std::string session, std::string id, std::string, Millis lease,
               std::move_only_function<void(Result<Job>)> done) override {
        soon([this, session, id, lease, done = std::move(done)]() mutable {
            if (storage_fails()) return done(contract::refuse("storage_unavailable"));
            Action& action = calls[session][id];
            if (failing && action.state == State::approved && chance.below(8) == 0)
                action.state = State::closed;  // Somebody else was faster.
            if (action.state != State::approved) return done(contract::refuse("action_closed"));
            EXPECT_GT(lease, action.claimable.timeout);
            EXPECT_LE(action.claimable.not_before.value_or(WallTime()), loop.clock().wall());
            action.state = State::claimed;
            Job job{.session_id = session, .action_id = id};
            job.action_type = action.claimable.action_type;
            job.attempt = action.claimable.attempt_next;
            job.fence = ++fence;
            job.repeatable = action.claimable.repeatable;
            job.timeout = action.claimable.timeout;
            granted.insert(fence);
            done(std::move(job));
        });
    }
    void finish(Job job, Outcome outcome, std::move_only_function<void(Status)> done) override {
        soon([this, job, outcome, done = std::move(done)]() mutable {
            if (storage_fails()) return done(contract::refuse("storage_unavailable"));
            EXPECT_TRUE(granted.contains(job.fence));
            EXPECT_TRUE(finished.insert(job.fence).second) << "handed in twice";
            if (outcome.kind == Outcome::Kind::succeeded)
                EXPECT_EQ(outcome.result_json, fmt::format("{{\"fence\":{}}}", job.fence));
            Action& action = calls[job.session_id][job.action_id];
            EXPECT_EQ(action.state, State::claimed);
            action.state = State::closed;
            if (outcome.may_retry) {
                action.state = State::approved;
                ++action.claimable.attempt_next;
                action.claimable.not_before = loop.clock().wall() + Millis(chance.below(20'000));
            }
            done({});
        });
    }
    void execute(Job job, Done done) override {
        EXPECT_FALSE(draining) << "begun after the drain";
        EXPECT_TRUE(granted.contains(job.fence));
        EXPECT_TRUE(executed.insert(job.fence).second) << "executed twice";
        if (job.action_type == "limited") begin_limited();
        Outcome outcome = succeeded(fmt::format("{{\"fence\":{}}}", job.fence));
        const std::uint64_t kind = chance.below(10);
        if (kind == 0) outcome = failed("no", "no");
        if (kind == 1) outcome = failed("later", "later", Retry::may);
        if (kind == 2) outcome = unknown("lost", "lost");
        if (kind == 3) outcome.kind = Outcome::Kind::handed_over;
        if (kind == 3) handed_over.insert(job.fence);
        // Some are later than they may be; one in a hundred would be heard of tomorrow.
        Millis takes(chance.below(8000));
        if (chance.below(100) == 0) takes = std::chrono::hours(24);
        if (kind == 3) takes = Millis(1);
        overdue += takes > job.timeout + RunnerOptions{}.overrun ? 1 : 0;
        loop.start_timer(takes, [this, job, outcome, done = std::move(done)]() mutable {
            if (job.action_type == "limited" && limited_now > 0) --limited_now;
            done(std::move(outcome));
        });
    }
    void call_off(std::string_view, std::string_view) override {}

    std::size_t begun() const { return executed.size(); }

private:
    enum class State : std::uint8_t { approved, claimed, closed };
    struct Action {
        Claimable claimable;
        State state = State::approved;
    };

    void begin_limited() {
        ++limited_now;
        // What overran is still at it, but counts no more.
        EXPECT_LE(limited_now, concurrent_max + overdue);
        starts.push_back(loop.clock().steady());
        if (starts.size() > per_minute)
            EXPECT_GE(starts.back() - starts[starts.size() - per_minute - 1], Millis(59'000));
    }
    void soon(std::move_only_function<void()> what) {
        loop.start_timer(Millis(chance.below(50)), std::move(what));
    }
    bool storage_fails() { return failing && chance.below(5) == 0; }
    void approve() {
        const std::string session = fmt::format("s{}", chance.below(5));
        const std::string id = fmt::format("a{}", ++last);
        calls[session][id].claimable = {.action_id = id,
                                        .action_type = chance.below(2) == 0 ? "limited" : "free",
                                        .repeatable = chance.below(2) == 0,
                                        .timeout = Millis(1000 + chance.below(9000))};
        runner->poke(session);
    }
    void call_some_off() {
        runner->cancel(fmt::format("s{}", chance.below(5)), fmt::format("a{}", chance.below(60)));
    }
    void drain() {
        draining = true;
        runner->drain([this] {
            EXPECT_FALSE(drained);
            drained = true;
        });
    }
    void judge(bool drains) {
        for (const std::uint64_t fence_of : executed)
            EXPECT_NE(finished.contains(fence_of), handed_over.contains(fence_of)) << fence_of;
        for (const std::uint64_t fence_of : granted)
            EXPECT_TRUE(finished.contains(fence_of) || handed_over.contains(fence_of));
        EXPECT_EQ(runner->counters().running, 0u);
        EXPECT_EQ(runner->counters().overrun > 0, overrun_seen());
        EXPECT_EQ(drained, drains);
        if (drains) return;
        for (const auto& [session, actions] : calls)
            for (const auto& [id, action] : actions)
                EXPECT_NE(action.state, State::approved)
                    << session << " " << id << " was forgotten";
    }
    bool overrun_seen() const { return overdue > 0; }

    SeededRandom chance;
    VirtualLoop loop;
    std::optional<Runner> runner;
    std::map<std::string, std::map<std::string, Action>> calls;
    std::set<std::uint64_t> granted, executed, finished, handed_over;
    std::vector<SteadyTime> starts;
    std::size_t limited_now = 0;
    std::size_t overdue = 0;
    std::uint64_t fence = 0;
    int last = 0;
    bool failing = true;
    bool draining = false;
    bool drained = false;
};

TEST(RunnerProperty, OnceForAClaimAndHandedInOnceInEveryOrder) {
    std::size_t begun = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        World world(seed);
        world.live();
        begun += world.begun();
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(begun, 4000u);
}

}  // namespace
}  // namespace lifeline::orchestration
