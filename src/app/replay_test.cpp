#include "app/replay.h"

#include <gtest/gtest.h>

#include "app/stream_reading.h"

namespace lifeline::app {
namespace {

using std::chrono::seconds;

constexpr WallTime begin{Millis(1'771'236'000'000)};  // 2026-02-16T10:00:00.000Z

TEST(Replay, StopsWhereItIsTold) {
    struct Case {
        const char* text;
        std::uint64_t seq;
        Millis into_call;
        bool reached;
    };
    const Case cases[] = {
        {"", 1'000'000, seconds(9'999), false},
        {"7", 7, seconds(0), false},
        {"7", 8, seconds(0), true},
        {"2026-02-16T10:00:05Z", 9, seconds(5), false},
        {"2026-02-16T10:00:05.000Z", 9, Millis(5'001), true},
    };
    for (const auto& [text, seq, into_call, reached] : cases) {
        SCOPED_TRACE(text);
        const auto until = Until::read(text);
        ASSERT_TRUE(until.has_value());
        EXPECT_EQ(until->reached(seq, begin + into_call), reached);
    }
    for (const char* text : {"-1", "7x", "soon", "2026-02-16", "2026-02-30T10:00:00Z"})
        EXPECT_FALSE(Until::read(text).has_value()) << text;
}

TEST(Replay, ShowsOnlyTheTypesThatAreAskedFor) {
    const auto only = OnlyTypes::read("call.ended,transcript.*,x.note");
    ASSERT_TRUE(only.has_value());
    for (const char* type : {"call.ended", "transcript.final", "transcript.partial", "x.note"})
        EXPECT_TRUE(only->has(type)) << type;
    for (const char* type : {"call.started", "x.notes", "safety.evaluated"})
        EXPECT_FALSE(only->has(type)) << type;
    EXPECT_TRUE(OnlyTypes::read("")->has("call.started"));
    EXPECT_TRUE(OnlyTypes::read("*")->has("call.started"));
    EXPECT_TRUE(OnlyTypes::read("x.mine.*")->has("x.mine.one"));
    for (const char* text : {"call.endet", "cal.*", "call.ended,", ",call.ended", "call.*,no"})
        EXPECT_FALSE(OnlyTypes::read(text).has_value()) << text;
}

TEST(Replay, KeepsThePace) {
    const SteadyTime now{seconds(100)};
    struct Case {
        const char* speed;
        Millis into_call;
        Millis passed;
        Millis wait;
    };
    const Case cases[] = {
        {"max", seconds(60), seconds(0), seconds(0)},
        {"1", seconds(60), seconds(0), seconds(60)},
        {"1", seconds(60), seconds(50), seconds(10)},
        {"1", seconds(60), seconds(61), seconds(0)},
        {"4", seconds(60), seconds(0), seconds(15)},
        {"0.5", seconds(60), seconds(0), seconds(120)},
    };
    for (const auto& [speed, into_call, passed, wait] : cases) {
        SCOPED_TRACE(speed);
        auto pace = Pace::read(speed);
        ASSERT_TRUE(pace.has_value());
        EXPECT_EQ(pace->wait(begin, now), Micros{0});
        EXPECT_EQ(pace->wait(begin + into_call, now + passed), wait);
    }
    for (const char* text : {"", "0", "-1", "fast", "nan", "inf", "1x"})
        EXPECT_FALSE(Pace::read(text).has_value()) << text;
}

TEST(EventText, IsOneLineThatNoTerminalObeys) {
    journal::StoredEvent event{.seq = 12,
                               .event_id = "e1",
                               .actor = {"user", "usr_ada"},
                               .cause = "",
                               .recorded_at = begin,
                               .bytes =
                                   R"({"eventId":"e1","sessionId":"sess_1",)"
                                   R"("ts":"2026-02-16T10:00:00.000Z","type":"x.note",)"
                                   "\"payload\":{\"a\":\"\u202Eb\"},\"schemaVersion\":\"1.0\"}"};
    EXPECT_EQ(event_text(event, Output::line),
              "    12  2026-02-16T10:00:00.000Z  user usr_ada  x.note {\"a\":\"⟨U+202E⟩b\"}");
    event.erased = true;
    event.bytes.clear();
    EXPECT_EQ(event_text(event, Output::line),
              "    12  2026-02-16T10:00:00.000Z  user usr_ada  (erased)");
    EXPECT_EQ(event_text(event, Output::json),
              R"({"seq":12,"erased":true,"meta":{"actor":{"kind":"user","id":"usr_ada"},)"
              R"("recordedAt":"2026-02-16T10:00:00.000Z"}})");
}

}  // namespace
}  // namespace lifeline::app
