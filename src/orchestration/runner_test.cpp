#include "orchestration/runner.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/virtual_loop.h"
#include "contract/reason.h"

namespace lifeline::orchestration {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// The calls, as simply as they can be: who was approved, claimed, and what came of it.
class Calls final : public Work {
public:
    explicit Calls(VirtualLoop& loop) : loop_(loop) {}

    void approve(const std::string& session, Claimable action) {
        approved_[session].push_back(std::move(action));
    }
    void list(std::string session,
              std::move_only_function<void(Result<std::vector<Claimable>>)> done) override {
        ++lists;
        answer([this, session, done = std::move(done)]() mutable {
            if (auto error = take(list_errors)) return done(fail(*error));
            done(approved_[session]);
        });
    }
    void claim(std::string session, std::string action, std::string executor, Millis lease,
               std::move_only_function<void(Result<Job>)> done) override {
        claims.push_back(fmt::format("{} {} {} {}", session, action, executor, lease.count()));
        answer([this, session, action, done = std::move(done)]() mutable {
            if (auto error = take(claim_errors)) return done(fail(*error));
            auto& list = approved_[session];
            const auto found = std::ranges::find(list, action, &Claimable::action_id);
            if (found == list.end()) return done(contract::refuse("action_closed"));
            Job job{.session_id = session, .action_id = action, .action_type = found->action_type};
            job.attempt = found->attempt_next;
            job.fence = ++fence_;
            job.repeatable = found->repeatable;
            job.timeout = found->timeout;
            list.erase(found);
            done(std::move(job));
        });
    }
    void finish(Job job, Outcome outcome, std::move_only_function<void(Status)> done) override {
        answer([this, job, outcome, done = std::move(done)]() mutable {
            if (auto error = take(finish_errors)) return done(fail(*error));
            outcomes.push_back(fmt::format("{}#{} {} {}", job.action_id, job.attempt,
                                           to_text(outcome.kind), outcome.code));
            if (outcome.may_retry)
                approve(job.session_id, {.action_id = job.action_id,
                                         .action_type = job.action_type,
                                         .attempt_next = job.attempt + 1,
                                         .not_before = loop_.clock().wall() + retry_after});
            done({});
        });
    }

    std::vector<Error> list_errors, claim_errors, finish_errors;  // One for each call to come.
    std::vector<std::string> claims;
    std::vector<std::string> outcomes;
    Millis retry_after = seconds(5);
    int lists = 0;

private:
    void answer(std::move_only_function<void()> what) {
        loop_.start_timer(Millis(1), std::move(what));
    }
    static std::optional<Error> take(std::vector<Error>& errors) {
        if (errors.empty()) return std::nullopt;
        Error error = errors.front();
        errors.erase(errors.begin());
        return error;
    }

    VirtualLoop& loop_;
    std::map<std::string, std::vector<Claimable>> approved_;
    std::uint64_t fence_ = 0;
};

// Does what it is told, when it is told.
class Hands final : public Executor {
public:
    explicit Hands(VirtualLoop& loop) : loop_(loop) {}

    void execute(Job job, Done done) override {
        started.push_back(job.action_id);
        ++now_;
        most = std::max(most, now_);
        at.push_back(loop_.clock().steady());
        if (takes) {
            loop_.start_timer(*takes, [this, done = std::move(done)]() mutable {
                --now_;
                done(outcome);
            });
        } else {
            held.push_back(std::move(done));
        }
    }
    void call_off(std::string_view, std::string_view action) override {
        called_off.emplace_back(action);
    }
    void answer_all(const Outcome& with) {
        for (auto& done : std::exchange(held, {})) {
            --now_;
            loop_.post([done = std::move(done), with]() mutable { done(with); });
        }
    }

    Outcome outcome = succeeded();
    std::optional<Millis> takes = Millis(100);  // Nothing: until answer_all.
    std::vector<std::string> started;
    std::vector<std::string> called_off;
    std::vector<SteadyTime> at;
    std::vector<Done> held;
    std::size_t most = 0;

private:
    VirtualLoop& loop_;
    std::size_t now_ = 0;
};

struct House {
    explicit House(ToolRoute route = {}, RunnerOptions options = {}) {
        route.executor = &hands;
        runner.emplace(loop, calls, std::map<std::string, ToolRoute>{{"mail", route}}, options);
    }
    void approve(int count, const std::string& session = "s") {
        for (int i = 0; i < count; ++i) {
            calls.approve(session,
                          {.action_id = fmt::format("a{}", ++last), .action_type = "mail"});
            runner->poke(session);
        }
    }
    VirtualLoop loop;
    Calls calls{loop};
    Hands hands{loop};
    std::optional<Runner> runner;
    int last = 0;
};

TEST(Runner, RunsWhatIsApprovedAndHandsTheOutcomeIn) {
    House house({.name = "mcp:mail"}, {.lease_margin = seconds(30)});
    house.approve(2);
    house.loop.run_for(seconds(1));
    EXPECT_THAT(house.calls.claims, ElementsAre("s a1 mcp:mail 60000", "s a2 mcp:mail 60000"));
    EXPECT_THAT(house.hands.started, ElementsAre("a1", "a2"));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a1#1 succeeded ", "a2#1 succeeded "));
    EXPECT_EQ(house.runner->counters().succeeded, 2u);
    EXPECT_EQ(house.runner->counters().running, 0u);
    EXPECT_EQ(house.loop.timers(), 0u);
}

TEST(Runner, ARefusedClaimIsNoError) {
    House house;
    house.calls.claim_errors = {contract::error_for("action_closed")};
    house.approve(1);
    house.loop.run_for(minutes(1));
    EXPECT_THAT(house.hands.started, IsEmpty());
    EXPECT_THAT(house.calls.claims, SizeIs(1));
    EXPECT_EQ(house.runner->counters().claims_refused, 1u);
}

TEST(Runner, AsksAgainWhenStorageDoesNotAnswer) {
    House house;
    const Error storage = contract::error_for("storage_unavailable");
    house.calls.list_errors = {storage, storage};
    house.calls.claim_errors = {storage};
    house.approve(1);
    house.loop.run_for(seconds(10));
    EXPECT_THAT(house.hands.started, ElementsAre("a1"));
    EXPECT_THAT(house.calls.outcomes, SizeIs(1));
}

TEST(Runner, AnOutcomeIsHandedInUntilItIsTakenAndNothingRunsAgain) {
    House house;
    house.calls.finish_errors.assign(40, contract::error_for("storage_unavailable"));
    house.approve(1);
    house.loop.run_for(minutes(20));
    EXPECT_THAT(house.hands.started, ElementsAre("a1"));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a1#1 succeeded "));
    EXPECT_EQ(house.runner->counters().finish_retries, 40u);
}

TEST(Runner, AnOutcomeThatIsNotWantedIsLetGo) {
    House house;
    house.calls.finish_errors = {contract::error_for("action_closed")};
    house.approve(1);
    house.loop.run_for(minutes(1));
    EXPECT_THAT(house.calls.outcomes, IsEmpty());
    EXPECT_EQ(house.runner->counters().outcomes_unwanted, 1u);
    EXPECT_EQ(house.runner->counters().running, 0u);
}

TEST(Runner, RetriesWhenItsTimeHasCome) {
    House house;
    house.hands.outcome = failed("http_503", "busy", Retry::may);
    house.calls.retry_after = minutes(2);
    house.approve(1);
    house.loop.run_for(seconds(110));
    EXPECT_THAT(house.hands.started, SizeIs(1));
    house.hands.outcome = succeeded();
    house.loop.run_for(seconds(20));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a1#1 failed http_503", "a1#2 succeeded "));
}

TEST(Runner, HoldsTheLimitsOfAToolAndOfAll) {
    struct Case {
        const char* name;
        ToolRoute route;
        RunnerOptions options;
        std::size_t most;
    };
    const Case cases[] = {
        {"of the tool", {.concurrent_max = 3}, {}, 3},
        {"of all", {.concurrent_max = 100}, {.running_max = 5}, 5},
    };
    for (const auto& [name, route, options, most] : cases) {
        SCOPED_TRACE(name);
        House house(route, options);
        for (int i = 0; i < 10; ++i) house.approve(4, fmt::format("s{}", i));
        house.loop.run_for(minutes(1));
        EXPECT_EQ(house.hands.most, most);
        EXPECT_THAT(house.hands.started, SizeIs(40));
        EXPECT_THAT(house.calls.outcomes, SizeIs(40));
        EXPECT_LT(house.calls.lists, 200) << "nobody is asked in circles";
    }
}

TEST(Runner, BeginsNoMoreInAMinuteThanItMay) {
    House house({.concurrent_max = 100, .per_minute = 10});
    for (int i = 0; i < 35; ++i) house.approve(1, fmt::format("s{}", i));
    house.loop.run_for(minutes(10));
    ASSERT_THAT(house.hands.at, SizeIs(35));
    for (std::size_t i = 10; i < 35; ++i)
        EXPECT_GE(house.hands.at[i] - house.hands.at[i - 10], minutes(1));
    EXPECT_LT(house.hands.at[34] - house.hands.at[0], minutes(4));
}

TEST(Runner, CallsOff) {
    House house;
    house.hands.takes = {};
    house.approve(2);
    house.runner->cancel("s", "a9");
    house.loop.run_for(Millis(1));  // Listed; the claims are on their way.
    house.runner->cancel("s", "a1");
    house.loop.run_for(Millis(10));
    EXPECT_THAT(house.hands.started, ElementsAre("a2"));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a1#1 cancelled cancelled"));
    house.runner->cancel("s", "a2");
    EXPECT_THAT(house.hands.called_off, ElementsAre("a2"));
    house.hands.answer_all(succeeded());  // It was too late.
    house.loop.run_for(Millis(10));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a1#1 cancelled cancelled", "a2#1 succeeded "));
}

TEST(Runner, AnExecutorThatDoesNotAnswerIsGivenUp) {
    House house({}, {.overrun = seconds(10)});
    house.hands.takes = {};
    house.calls.approve("s", {.action_id = "send", .action_type = "mail", .timeout = seconds(5)});
    house.calls.approve(
        "s",
        {.action_id = "read", .action_type = "mail", .repeatable = true, .timeout = seconds(5)});
    house.runner->poke("s");
    house.loop.run_for(seconds(16));
    EXPECT_THAT(house.calls.outcomes,
                ElementsAre("send#1 unknown timeout", "read#1 unknown timeout"));
    EXPECT_THAT(house.hands.called_off, ElementsAre("send", "read"));
    house.hands.answer_all(succeeded());
    house.loop.run_for(Millis(10));
    EXPECT_THAT(house.calls.outcomes, SizeIs(2));
}

TEST(Runner, WhatAClientRunsIsNotFinishedHere) {
    House house;
    house.hands.outcome.kind = Outcome::Kind::handed_over;
    house.approve(1);
    house.loop.run_for(seconds(1));
    EXPECT_THAT(house.calls.outcomes, IsEmpty());
    EXPECT_EQ(house.runner->counters().handed_over, 1u);
    EXPECT_EQ(house.runner->counters().running, 0u);
}

TEST(Runner, WhatNobodyRunsIsLeftAlone) {
    House house;
    house.calls.approve("s", {.action_id = "a", .action_type = "fax"});
    house.runner->poke("s");
    house.loop.run_for(seconds(1));
    EXPECT_THAT(house.calls.claims, IsEmpty());
    EXPECT_EQ(house.runner->counters().tool_unknown, 1u);
}

TEST(Runner, WhatWaitedForAServerToSayWhatItOffersIsRunThen) {
    House house;
    house.calls.approve("s", {.action_id = "a", .action_type = "fax"});
    house.runner->poke("s");
    house.loop.run_for(seconds(1));
    house.runner->add("fax", {.executor = &house.hands});
    house.loop.run_for(seconds(1));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a#1 succeeded "));
}

TEST(Runner, AFullQueueSaysSo) {
    House house({}, {.sessions_max = 2});
    EXPECT_TRUE(house.runner->poke("s1"));
    EXPECT_TRUE(house.runner->poke("s2"));
    EXPECT_TRUE(house.runner->poke("s1")) << "each once";
    EXPECT_FALSE(house.runner->poke("s3"));
    EXPECT_EQ(house.runner->counters().pokes_refused, 1u);
}

TEST(Runner, DrainsWhatRunsAndBeginsNothing) {
    House house({.concurrent_max = 2});
    house.approve(1);
    house.loop.run_for(Millis(10));
    house.approve(5);
    house.loop.run_for(Millis(1));  // A claim is on its way.
    bool drained = false;
    house.runner->drain([&] { drained = true; });
    EXPECT_FALSE(house.runner->poke("s"));
    house.loop.run_for(Millis(20));
    EXPECT_FALSE(drained);
    house.loop.run_for(minutes(1));
    EXPECT_TRUE(drained);
    EXPECT_THAT(house.hands.started, ElementsAre("a1"));
    EXPECT_THAT(house.calls.outcomes, ElementsAre("a2#1 failed draining", "a1#1 succeeded "));
    EXPECT_EQ(house.loop.timers(), 0u);
}

TEST(Runner, MayGoAtAnyTime) {
    House house;
    house.approve(3);
    house.loop.run_for(Millis(2));
    house.runner.reset();
    house.loop.run_for(minutes(1));
    EXPECT_THAT(house.calls.outcomes, IsEmpty());
}

}  // namespace
}  // namespace lifeline::orchestration
