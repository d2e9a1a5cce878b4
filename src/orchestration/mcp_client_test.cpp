#include "orchestration/mcp_client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/random.h"
#include "base/virtual_loop.h"

namespace lifeline::orchestration {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A server that says what the test has it say.
class Line final : public McpTransport {
public:
    explicit Line(VirtualLoop& loop) : loop_(loop) {}

    Status open(Listener& listener) override {
        ++opened;
        if (refuses) return fail(Code::unavailable, "peer_unavailable", "no such program");
        listener_ = &listener;
        return {};
    }
    void agreed(std::string_view with) override { protocol = with; }
    void send(Message message) override {
        sent.push_back(message.json);
        const bool initialize = message.json.find("\"initialize\"") != std::string::npos;
        if (initialize && welcomes)
            say(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{"protocolVersion":"{}"}}}})",
                            message.request, version));
        if (message.request != 0 && !initialize) requests.push_back(message.request);
    }
    void give_up(std::int64_t request) override { given_up.push_back(request); }
    void close() override { listener_ = nullptr; }

    void say(std::string json) {
        loop_.post([this, json = std::move(json)] {
            if (listener_ != nullptr) listener_->on_message(json);
        });
    }
    void lose(std::int64_t request, McpLoss loss) {
        loop_.post([this, request, loss] {
            if (listener_ != nullptr) listener_->on_request_lost(request, loss, "lost");
        });
    }
    void fall() {
        loop_.post([this] {
            if (auto* listener = std::exchange(listener_, nullptr)) listener->on_down("crashed");
        });
    }
    bool is_open() const { return listener_ != nullptr; }

    bool refuses = false;
    bool welcomes = true;
    std::string version = "2025-06-18";
    std::string protocol;
    int opened = 0;
    std::vector<std::string> sent;
    std::vector<std::int64_t> requests;  // But for initialize.
    std::vector<std::int64_t> given_up;

private:
    VirtualLoop& loop_;
    Listener* listener_ = nullptr;
};

struct House {
    explicit House(McpClientOptions options = {}) {
        auto made = std::make_unique<Line>(loop);
        line = made.get();
        client.emplace(loop, std::move(made), options);
    }
    McpClient::RequestId call(std::string_view tool = "echo", Millis timeout = seconds(10)) {
        return client->call_tool(tool, R"({"a":1})", "{}", timeout,
                                 [this](const Result<contract::Json>& answer) {
                                     answers.push_back(answer ? "ok" : answer.error().reason);
                                     if (answer) result = *answer;
                                     if (!answer) why = answer.error().detail;
                                 });
    }
    // Answers the request that was asked last.
    void answer(std::string_view result_json = R"({"content":[]})") {
        line->say(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", line->requests.back(),
                              result_json));
    }
    VirtualLoop loop;
    Line* line = nullptr;
    std::optional<McpClient> client;
    std::vector<std::string> answers;
    std::optional<contract::Json> result;
    std::string why;
};

TEST(McpClient, InitializesAndCalls) {
    House house;
    house.call();
    house.loop.run();
    EXPECT_THAT(
        house.line->sent,
        ElementsAre(
            R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":)"
            R"("2025-06-18","capabilities":{},"clientInfo":{"name":"lifeline","version":"0"}}})",
            R"({"jsonrpc":"2.0","method":"notifications/initialized","params":{}})",
            R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo",)"
            R"("arguments":{"a":1},"_meta":{}}})"));
    EXPECT_EQ(house.line->protocol, "2025-06-18");
    house.answer(R"({"content":[{"type":"text","text":"hello"}]})");
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("ok"));
    EXPECT_TRUE(house.result->find("content"));
    house.call();  // It is open.
    house.loop.run();
    EXPECT_EQ(house.line->opened, 1);
    EXPECT_EQ(house.loop.timers(), 1u) << "of the open request alone";
}

TEST(McpClient, TakesTheVersionOfTheServerIfItKnowsIt) {
    for (const auto& [version, ready] : {std::pair{"2025-11-25", true},
                                         {"2024-11-05", true},
                                         {"2031-01-01", false},
                                         {"", false}}) {
        SCOPED_TRACE(version);
        House house;
        house.line->version = version;
        house.call();
        house.loop.run();
        EXPECT_EQ(house.client->is_ready(), ready);
        if (ready) continue;
        EXPECT_THAT(house.answers, ElementsAre("peer_unavailable"));
    }
}

TEST(McpClient, AnswersMayComeInAnyOrder) {
    House house;
    std::string order;
    for (const char* name : {"a", "b", "c"})
        house.client->call_tool(name, "{}", "{}", seconds(1),
                                [&order, name](const Result<contract::Json>&) { order += name; });
    house.loop.run();
    ASSERT_THAT(house.line->requests, SizeIs(3));
    for (const int index : {2, 0, 1})
        house.line->say(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{}}}})",
                                    house.line->requests[static_cast<std::size_t>(index)]));
    house.loop.run();
    EXPECT_EQ(order, "cab");
}

TEST(McpClient, WhatAnErrorMeans) {
    House house;
    house.call();
    house.loop.run();
    house.line->say(fmt::format(
        R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32602,"message":"Unknown tool: x"}}}})",
        house.line->requests.back()));
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("peer_refused"));
    EXPECT_EQ(house.why, "Unknown tool: x (-32602)");
}

TEST(McpClient, IsNotMovedByWhatNobodyAsked) {
    House house;
    house.call();
    house.loop.run();
    const std::int64_t id = house.line->requests.back();
    const std::string stranger[] = {
        "Server started",
        "{",
        "[]",
        R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})",
        R"({"jsonrpc":"2.0","id":99,"result":{}})",
        R"({"jsonrpc":"2.0","id":-1,"result":{}})",
        fmt::format(R"({{"jsonrpc":"2.0","id":"{}","result":{{}}}})", id),
        fmt::format(R"({{"jsonrpc":"2.0","id":{}}})", id),
        fmt::format(R"({{"jsonrpc":"2.0","id":{}.5,"result":{{}}}})", id),
        fmt::format(R"({{"id":{},"result":{{}}}})", id),
    };
    for (const std::string& message : stranger) house.line->say(message);
    house.loop.run();
    EXPECT_THAT(house.answers, IsEmpty());
    house.answer();
    house.answer();  // Once is enough.
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("ok"));
}

TEST(McpClient, AnAnswerThatCannotBeReadIsOneThatDoesNotCome) {
    House house;
    house.call();
    house.loop.run();
    house.answer(R"({"a":1,"a":2})");
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("answer_lost"));
    EXPECT_THAT(house.why, HasSubstr("duplicate_key"));
    // What is only unusual is read.
    house.call();
    house.loop.run();
    house.answer(
        R"({"content":[{"type":"text","text":"a\u0000\ud800"}],"n":12345678901234567890})");
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("answer_lost", "ok"));
}

TEST(McpClient, OffersNothing) {
    House house;
    house.call();
    house.loop.run();
    house.line->sent.clear();
    house.line->say(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
    house.line->say(R"({"jsonrpc":"2.0","id":5,"method":"sampling/createMessage","params":{}})");
    house.loop.run();
    EXPECT_THAT(house.line->sent,
                ElementsAre(R"({"jsonrpc":"2.0","id":"p","result":{}})",
                            R"({"jsonrpc":"2.0","id":5,"error":{"code":-32601,"message":)"
                            R"("this client offers nothing"}})"));
    for (int i = 0; i < 1000; ++i) house.line->say(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
    house.loop.run();
    EXPECT_LT(house.line->sent.size(), 40u) << "not for ever";
}

TEST(McpClient, AnEndlessStreamIsEnded) {
    House house({.unasked_bytes_max = 10'000});
    house.call();
    house.loop.run();
    for (int i = 0; i < 200; ++i)
        house.line->say(R"({"jsonrpc":"2.0","method":"notifications/message","params":{"a":"b"}})");
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("answer_lost"));
    EXPECT_FALSE(house.line->is_open());
}

TEST(McpClient, ACrashIsUnknownForWhatWasSentOnly) {
    House house;
    house.call();
    house.loop.run();
    house.line->fall();
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("answer_lost"));

    // It is not opened again at once, and then it is.
    house.call();
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("answer_lost", "peer_unavailable"));
    EXPECT_THAT(house.why, HasSubstr("crashed; tried again in 1000 ms"));
    EXPECT_EQ(house.line->opened, 1);
    house.loop.run_for(seconds(1));
    house.call();
    house.loop.run();
    EXPECT_EQ(house.line->opened, 2);
    house.answer();
    house.loop.run();
    EXPECT_EQ(house.answers.back(), "ok");
}

TEST(McpClient, CrashesWhileItOpensAndWaitsLongerEachTime) {
    House house({.restart_first = seconds(1), .restart_last = seconds(5)});
    house.line->welcomes = false;
    SteadyTime last;
    for (const int wait : {1, 2, 4, 5, 5}) {
        const int before = house.line->opened;
        while (house.line->opened == before) {
            house.call();
            house.loop.run_for(Millis(100));
        }
        const SteadyTime now = house.loop.clock().steady();
        house.line->fall();
        house.loop.run();
        EXPECT_EQ(house.answers.back(), "peer_unavailable") << "it was never sent";
        house.loop.run_for(seconds(wait) - Millis(100));
        const int opened = house.line->opened;
        house.call();
        house.loop.run();
        EXPECT_EQ(house.line->opened, opened) << wait;
        last = now;
    }
}

TEST(McpClient, AProgramThatIsNotThere) {
    House house;
    house.line->refuses = true;
    house.call();
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("peer_unavailable"));
    EXPECT_THAT(house.why, HasSubstr("no such program"));
}

TEST(McpClient, AServerThatDoesNotSayHello) {
    House house({.initialize_timeout = seconds(3)});
    house.line->welcomes = false;
    house.call("echo", seconds(10));
    house.call("echo", seconds(1));
    house.loop.run_for(seconds(2));
    EXPECT_THAT(house.answers, ElementsAre("peer_unavailable"));
    house.loop.run_for(seconds(2));
    EXPECT_THAT(house.answers, ElementsAre("peer_unavailable", "peer_unavailable"));
    EXPECT_THAT(house.why, HasSubstr("initialize"));
}

TEST(McpClient, PatienceEndsAndTheServerIsTold) {
    House house;
    house.call("echo", seconds(2));
    house.loop.run();
    const auto id = house.line->requests.back();
    house.loop.run_for(seconds(2));
    EXPECT_THAT(house.answers, ElementsAre("answer_lost"));
    EXPECT_EQ(house.line->given_up.back(), id);
    EXPECT_EQ(house.line->sent.back(),
              fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/cancelled","params":)"
                          R"({{"requestId":{},"reason":"no answer in time"}}}})",
                          id));
    house.answer();  // Too late: to nobody.
    house.loop.run();
    EXPECT_THAT(house.answers, SizeIs(1));
}

TEST(McpClient, CallsOff) {
    House house({.cancel_grace = seconds(3)});
    house.line->welcomes = false;
    const auto unsent = house.call();
    house.loop.run();
    house.client->cancel(unsent, "stop");
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("peer_unavailable"));

    House ready({.cancel_grace = seconds(3)});
    const auto silent = ready.call();
    ready.loop.run();
    ready.client->cancel(silent, "stop");
    EXPECT_THAT(ready.line->sent.back(), HasSubstr("notifications/cancelled"));
    ready.loop.run_for(Millis(2900));
    EXPECT_THAT(ready.answers, IsEmpty());
    ready.loop.run_for(Millis(200));
    EXPECT_THAT(ready.answers, ElementsAre("answer_lost"));

    const auto answered = ready.call();
    ready.loop.run();
    ready.client->cancel(answered, "stop");
    ready.answer();  // It was already under way.
    ready.loop.run();
    EXPECT_THAT(ready.answers, ElementsAre("answer_lost", "ok"));
    ready.client->cancel(answered, "stop");
    ready.loop.run_for(seconds(10));
    EXPECT_THAT(ready.answers, SizeIs(2));
}

TEST(McpClient, BeginsAnewOnceWhenItsSessionIsNotKnown) {
    House house;
    house.call();
    house.call();
    house.loop.run();
    const auto requests = house.line->requests;
    house.line->lose(requests[0], McpLoss::session);
    house.line->lose(requests[1], McpLoss::session);
    house.loop.run();
    EXPECT_EQ(house.line->opened, 2) << "both in one new session";
    ASSERT_THAT(house.line->requests, SizeIs(4));
    house.answer();
    house.line->lose(house.line->requests[2], McpLoss::session);
    house.loop.run();
    EXPECT_EQ(house.line->opened, 2);
    EXPECT_THAT(house.answers, testing::UnorderedElementsAre("ok", "peer_unavailable"));
}

TEST(McpClient, HowARequestIsLost) {
    for (const auto& [loss, reason] : {std::pair{McpLoss::not_sent, "peer_unavailable"},
                                       {McpLoss::lost, "answer_lost"},
                                       {McpLoss::refused, "peer_refused"}}) {
        SCOPED_TRACE(reason);
        House house;
        house.call();
        house.loop.run();
        house.line->lose(house.line->requests.back(), loss);
        house.line->lose(77, loss);
        house.loop.run();
        EXPECT_THAT(house.answers, ElementsAre(reason));
    }
}

TEST(McpClient, TooManyAtOnce) {
    House house({.in_flight_max = 2});
    for (int i = 0; i < 3; ++i) house.call();
    house.loop.run();
    EXPECT_THAT(house.answers, ElementsAre("overloaded"));
}

TEST(McpClient, ListsToolsPageByPage) {
    House house({.tools_max = 5, .pages_max = 10});
    std::optional<Result<std::vector<McpTool>>> tools;
    house.client->list_tools(seconds(5), [&](auto found) { tools = std::move(found); });
    house.loop.run();
    house.answer(R"({"tools":[{"name":"a"},{"no":"name"},{"name":"b"}],"nextCursor":"p2"})");
    house.loop.run();
    EXPECT_THAT(house.line->sent.back(), HasSubstr(R"("params":{"cursor":"p2"})"));
    house.answer(R"({"tools":[{"name":"c"}]})");
    house.loop.run();
    ASSERT_TRUE(tools && *tools);
    EXPECT_THAT(**tools, SizeIs(3));

    // Pages without end have one.
    tools.reset();
    house.client->list_tools(seconds(5), [&](auto found) { tools = std::move(found); });
    for (int page = 0; page < 20 && !tools; ++page) {
        house.loop.run();
        house.answer(R"({"tools":[{"name":"a"}],"nextCursor":"again"})");
        house.loop.run();
    }
    ASSERT_TRUE(tools && *tools);
    EXPECT_THAT(**tools, SizeIs(5));
}

TEST(McpClient, HearsHowFarACallIsWhileItIsUnderWay) {
    House house;
    std::vector<std::string> told;
    house.client->call_tool(
        "copy", "{}", R"({"a":1})", seconds(10), [](const Result<contract::Json>&) {},
        [&](const McpProgress& progress) {
            told.push_back(fmt::format(
                "{} {}", progress.message,
                progress.percent ? fmt::format("{:.0f}", *progress.percent) : std::string("-")));
        });
    house.call();  // Did not ask to be told.
    house.loop.run_for(Millis(10));
    const auto deaf = house.line->requests.back();
    const auto request = house.line->requests.front();
    EXPECT_THAT(house.line->sent, testing::Contains(HasSubstr(fmt::format(
                                      R"("_meta":{{"progressToken":{},"a":1}})", request))));
    struct Case {
        const char* params;
        const char* told;  // Empty: nothing.
    };
    const Case cases[] = {
        {R"("progressToken":{},"progress":5,"total":20,"message":"five of twenty")",
         "five of twenty 25"},
        {R"("progressToken":{},"progress":0.5,"total":1)", "50 % 50"},
        {R"("progressToken":{},"progress":30,"total":20,"message":"more than all")",
         "more than all 100"},
        {R"("progressToken":{},"progress":3,"message":"three")", "three -"},
        {R"("progressToken":{},"progress":3,"total":0)", "It is at it. -"},
        {R"("progressToken":{},"message":"of nothing")", ""},
        {R"("progressToken":"{}","progress":1)", ""},
        {R"("progressToken":9{},"progress":1)", ""},
        {R"("progress":1)", ""},
    };
    const auto say = [&](std::string_view params, std::int64_t token) {
        std::string text(params);
        if (const auto at = text.find("{}"); at != std::string::npos)
            text.replace(at, 2, fmt::format("{}", token));
        house.line->say(fmt::format(
            R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{{}}}}})", text));
        house.loop.run_for(Millis(1));
    };
    for (const auto& [params, wanted] : cases) {
        SCOPED_TRACE(params);
        told.clear();
        say(params, request);
        EXPECT_EQ(told,
                  *wanted != 0 ? std::vector<std::string>{wanted} : std::vector<std::string>{});
    }
    told.clear();
    say(cases[0].params, deaf);
    house.line->say(R"({"jsonrpc":"2.0","method":"notifications/progress"})");
    house.line->say(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{}}}})", request));
    house.loop.run_for(Millis(1));
    say(cases[0].params, request);  // After the answer it is nobody's.
    EXPECT_THAT(told, IsEmpty());
    EXPECT_TRUE(house.line->is_open());
}

TEST(McpClient, AServerThatOnlyEverSaysHowFarItIsIsCutOff) {
    House house({.unasked_bytes_max = 10'000});
    std::size_t told = 0;
    house.client->call_tool(
        "copy", "{}", "{}", seconds(10), [](const Result<contract::Json>&) {},
        [&](const McpProgress&) { ++told; });
    house.loop.run_for(Millis(10));
    for (int i = 0; i < 1'000; ++i)
        house.line->say(fmt::format(
            R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":{}}}}})",
            house.line->requests.front(), i));
    house.loop.run_for(seconds(1));
    EXPECT_GT(told, 50u);
    EXPECT_LT(told, 200u);
    EXPECT_FALSE(house.line->is_open());
}

TEST(McpClient, PropertyEachRequestIsAnsweredOnceWhateverIsSaid) {
    log::set_level(log::Level::error);
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        House house;
        std::map<std::int64_t, int> heard;
        std::size_t asked = 0;
        for (int step = 0; step < 60; ++step) {
            const std::int64_t any =
                house.line->requests.empty()
                    ? 1
                    : house.line->requests[random.below(house.line->requests.size())];
            switch (random.below(8)) {
                case 0:
                case 1: {
                    ++asked;
                    auto id = std::make_shared<std::int64_t>(0);
                    *id = house.client->call_tool(
                        "t", "{}", "{}", Millis(random.below(5000)),
                        [&heard, id](const Result<contract::Json>&) { ++heard[*id]; });
                    if (random.below(5) == 0) house.client->cancel(*id, "x");
                    break;
                }
                case 2:
                case 3:
                    house.line->say(
                        fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{}}}})", any));
                    break;
                case 4:
                    house.line->lose(any, static_cast<McpLoss>(random.below(4)));
                    break;
                case 5:
                    if (random.below(3) == 0) house.line->fall();
                    break;
                case 6:
                    house.line->welcomes = random.below(4) != 0;
                    house.client->cancel(any, "x");
                    break;
                default:
                    house.loop.run_for(Millis(random.below(2000)));
            }
        }
        house.loop.run_for(std::chrono::minutes(2));
        EXPECT_EQ(heard.size(), asked);
        for (const auto& [id, times] : heard) EXPECT_EQ(times, 1) << id;
        EXPECT_EQ(house.loop.timers(), 0u);
    }
}

}  // namespace
}  // namespace lifeline::orchestration
