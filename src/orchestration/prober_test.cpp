#include "orchestration/prober.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/virtual_loop.h"
#include "contract/reason.h"
#include "orchestration/http_probe.h"
#include "orchestration/mcp_probe.h"

namespace lifeline::orchestration {
namespace {

using Said = ProbeAnswer::Said;
using std::chrono::seconds;

class Calls final : public Unknowns {
public:
    explicit Calls(VirtualLoop& loop) : loop_(loop) {}

    void unresolved(std::string session,
                    std::move_only_function<void(Result<std::vector<Unresolved>>)> done) override {
        loop_.post([this, session, done = std::move(done)]() mutable {
            std::vector<Unresolved> found;
            for (const Unresolved& one : unknown)
                if (one.session_id == session) found.push_back(one);
            done(found);
        });
    }
    void resolve(Unresolved action, ProbeAnswer answer,
                 std::move_only_function<void(Status)> done) override {
        loop_.post([this, action, answer, done = std::move(done)]() mutable {
            if (storage_failures > 0) {
                --storage_failures;
                return done(contract::refuse("storage_unavailable"));
            }
            if (std::erase(unknown, action) == 0) return done(contract::refuse("action_closed"));
            resolved += fmt::format("{} {}; ", action.action_id,
                                    answer.said == Said::done ? "done" : "not_done");
            done({});
        });
    }

    std::vector<Unresolved> unknown;
    std::string resolved;
    int storage_failures = 0;

private:
    VirtualLoop& loop_;
};

class Tool final : public Probe {
public:
    explicit Tool(VirtualLoop& loop) : loop_(loop) {}
    void ask(const Unresolved& action, Millis, Done done) override {
        asked.push_back(action.idempotency_key);
        at.push_back(loop_.clock().steady());
        const Said said = asked.size() > answers.size() ? Said::unknown : answers[asked.size() - 1];
        loop_.start_timer(Millis(5), [this, said, done = std::move(done)]() mutable {
            if (meanwhile) meanwhile();
            done({.said = said});
        });
    }

    std::vector<Said> answers;
    std::vector<std::string> asked;
    std::vector<SteadyTime> at;
    std::function<void()> meanwhile;

private:
    VirtualLoop& loop_;
};

struct House {
    VirtualLoop loop;
    Calls calls{loop};
    Tool tool{loop};
    Prober prober{loop, calls, {.attempts = 4}};

    House() { prober.add("send", tool); }
    void lose(const std::string& id, const std::string& type = "send") {
        calls.unknown.push_back({.session_id = "s",
                                 .action_id = id,
                                 .action_type = type,
                                 .idempotency_key = "key_" + id,
                                 .probe_at = loop.clock().wall() + seconds(1)});
        prober.look("s");
    }
};

TEST(Prober, BringsWhatTheToolSaysAndAsksAFewTimes) {
    struct Case {
        const char* name;
        std::vector<Said> answers;
        std::size_t asked;
        const char* resolved;
        std::uint64_t given_up;
    };
    const Case cases[] = {
        {"done", {Said::done}, 1, "a done; ", 0},
        {"not done", {Said::not_done}, 1, "a not_done; ", 0},
        {"still at it, then done", {Said::unknown, Said::unknown, Said::done}, 3, "a done; ", 0},
        {"never says", {}, 4, "", 1},
    };
    for (const auto& [name, answers, asked, resolved, given_up] : cases) {
        SCOPED_TRACE(name);
        House house;
        house.tool.answers = answers;
        house.lose("a");
        house.prober.look("s");  // Twice is once.
        house.loop.run_for(std::chrono::minutes(10));
        EXPECT_EQ(house.tool.asked, std::vector<std::string>(asked, "key_a"));
        EXPECT_EQ(house.calls.resolved, resolved);
        EXPECT_EQ(house.prober.counters().given_up, given_up);
        // What was given up is not begun again by every event of the call.
        house.prober.look("s");
        house.loop.run_for(std::chrono::minutes(10));
        EXPECT_EQ(house.tool.asked.size(), asked);
    }
}

TEST(Prober, WaitsLongerEachTimeAndNotBeforeItIsTime) {
    House house;
    const SteadyTime began = house.loop.clock().steady();
    house.lose("a");
    house.loop.run_for(std::chrono::minutes(10));
    std::vector<Millis> pauses;
    SteadyTime before = began;
    for (const SteadyTime at : house.tool.at) {
        pauses.push_back(std::chrono::round<seconds>(at - before));
        before = at;
    }
    EXPECT_EQ(pauses, (std::vector<Millis>{seconds(1), seconds(2), seconds(4), seconds(8)}));
}

TEST(Prober, AsksNoMoreOnceAPersonKnows) {
    House house;
    house.tool.meanwhile = [&] { house.calls.unknown.clear(); };
    house.lose("a");
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.tool.asked.size(), 1u);
    EXPECT_EQ(house.calls.resolved, "");
    EXPECT_EQ(house.prober.counters().given_up, 0u);
    // Said while the probe was being asked: its word comes too late.
    house.tool.answers = {Said::unknown, Said::done};
    house.lose("b");
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.calls.resolved, "");
}

TEST(Prober, DoesNotAskAgainWhenOnlyStorageIsNotThere) {
    House house;
    house.tool.answers = {Said::done};
    house.calls.storage_failures = 2;
    house.lose("a");
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_EQ(house.tool.asked.size(), 1u);
    EXPECT_EQ(house.calls.resolved, "a done; ");
}

TEST(Prober, LeavesAloneWhatNobodyCanBeAskedAbout) {
    House house;
    house.lose("a", "pay");
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_TRUE(house.tool.asked.empty());
    house.lose("b");
    house.prober.stop();
    house.loop.run_for(std::chrono::minutes(10));
    EXPECT_TRUE(house.tool.asked.empty());
}

TEST(Probe, OnlyAPlainWordCounts) {
    struct Case {
        const char* name;
        unsigned status;
        const char* body;
        ProbeAnswer then;
    };
    const Case cases[] = {
        {"done",
         200,
         R"({"status":"done","summary":"sent","effectId":"m1","result":{"a":1}})",
         {Said::done, "sent", R"({"a":1})", "m1"}},
        {"not done", 200, R"({"status":"not_done","message":"no"})", {Said::not_done, "no"}},
        {"at it", 200, R"({"status":"unknown","message":"queued"})", {Said::unknown, "queued"}},
        {"another word", 200, R"({"status":"NOT_DONE"})", {}},
        {"not a word", 200, R"({"status":false})", {}},
        {"nothing", 200, "", {.message = "the probe answered what is no JSON"}},
        {"accepted", 202, R"({"status":"not_done"})", {.message = "the probe answered 202"}},
        {"not found", 404, R"({"status":"not_done"})", {.message = "the probe answered 404"}},
    };
    for (const auto& [name, status, body, then] : cases) {
        SCOPED_TRACE(name);
        net::Response response;
        response.status = status;
        response.body = body;
        EXPECT_EQ(probe_answer_of(Result<net::Response>(response)), then);
    }
    EXPECT_EQ(probe_answer_of(Result<net::Response>(contract::refuse("peer_unavailable", "off"))),
              (ProbeAnswer{.message = "off"}));
}

TEST(Probe, ReadsWhatAnMcpServerSays) {
    const auto said = [](std::string_view json) {
        return mcp_probe_answer(contract::Json::parse(json)).said;
    };
    EXPECT_EQ(said(R"({"structuredContent":{"status":"done"}})"), Said::done);
    EXPECT_EQ(said(R"({"content":[{"type":"text","text":"{\"status\":\"not_done\"}"}]})"),
              Said::not_done);
    EXPECT_EQ(said(R"({"content":[{"type":"text","text":"not_done"}]})"), Said::unknown);
    EXPECT_EQ(said(R"({"isError":true,"structuredContent":{"status":"done"}})"), Said::unknown);
    EXPECT_EQ(mcp_probe_answer(contract::refuse("peer_unavailable")).said, Said::unknown);
}

}  // namespace
}  // namespace lifeline::orchestration
