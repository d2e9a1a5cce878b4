#include "contract/event.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "contract/reason.h"
#include "contract/type_marker.h"

namespace lifeline::contract {
namespace {

constexpr std::string_view now = "2026-02-16T10:00:00.000Z";

std::string final_event(std::string_view payload) {
    return event_json("evt_1", "sess_1", now, "transcript.final", payload);
}

TEST(Event, GivesWhatItHolds) {
    namespace f = field::transcript_final;
    EventChecker checker;
    const auto event = checker.check(final_event(
        R"({"utteranceId":"utt_1","speaker":"user","text":"a \"b\" \u00e9","startMs":1e3,"endMs":2000.0,)"
        R"("confidence":0.5,"late":true,"words":[{"w":"a","s":1,"e":2}]})"));
    ASSERT_TRUE(event) << event.error().reason << event.error().pointer;
    EXPECT_EQ(event->type(), EventType::transcript_final);
    EXPECT_EQ(event->type_name(), "transcript.final");
    EXPECT_EQ(event->id(), "evt_1");
    EXPECT_EQ(event->stream(), "sess_1");
    EXPECT_EQ(event->ts(), now);
    EXPECT_EQ(event->text(f::text), "a \"b\" é");
    EXPECT_EQ(event->raw(f::text), R"("a \"b\" \u00e9")");
    EXPECT_EQ(event->integer(f::start_ms), 1000);
    EXPECT_EQ(event->integer(f::end_ms), 2000);
    EXPECT_EQ(event->number(f::confidence), 0.5);
    EXPECT_TRUE(event->flag(f::late));
    EXPECT_EQ(event->raw(f::words), R"([{"w":"a","s":1,"e":2}])");
    EXPECT_FALSE(event->has(f::lang));
    EXPECT_EQ(event->text(f::lang), "");
}

// Whoever only mentions a type is parsed, too; nobody who is of one is passed over.
TEST(Event, IsToldFromOthersByItsTypeWithoutBeingParsed) {
    constexpr std::array<std::string_view, 2> types{"call.ended", "transcript.final"};
    EXPECT_TRUE(may_be_of(final_event(R"({"utteranceId":"utt_1"})"), types));
    EXPECT_FALSE(may_be_of(event_json("evt_1", "sess_1", now, "transcript.partial", "{}"), types));
    EXPECT_FALSE(may_be_of(event_json("evt_1", "sess_1", now, "call.ended.x",
                                      R"({"subtype":"call.ended","text":"call.ended"})"),
                           types));
    EXPECT_TRUE(may_be_of(
        event_json("evt_1", "sess_1", now, "x.note", R"({"type":"call.ended","type2":""})"),
        types));
    EXPECT_TRUE(may_be_of(R"({"payload":{"type":"x"},"type":"call.ended"})", types));
    EXPECT_FALSE(may_be_of("", types));
    EXPECT_FALSE(may_be_of(R"(type":"call.ended")", types));
}

TEST(Event, IsStoredWithoutSpaceInTheSendersOrder) {
    EventChecker checker;
    const auto event =
        checker.check(R"(  { "type" : "x.note", "payload" : { "a b" : [ 1 , "\" " ] },
        "eventId":"e", "sessionId":"sess_1", "schemaVersion":"1.0",
        "ts":"2026-02-16T10:00:00.000Z" } )");
    ASSERT_TRUE(event) << event.error().reason << event.error().pointer;
    EXPECT_EQ(event->json(),
              R"({"type":"x.note","payload":{"a b":[1,"\" "]},"eventId":"e","sessionId":"sess_1",)"
              R"("schemaVersion":"1.0","ts":"2026-02-16T10:00:00.000Z"})");
    EXPECT_EQ(event->payload_json(), R"({"a b":[1,"\" "]})");
    EXPECT_EQ(event->type_name(), "x.note");
    EXPECT_EQ(event->type(), EventType::custom);
    EXPECT_EQ(event->id(), "e");
}

TEST(Event, MeansTheSameHoweverItIsEscaped) {
    EventChecker checker;
    const auto event = checker.check(
        R"({"event\u0049d":"evt\u005f1","sessionId":"\u0073ess_1","ts":"2026-02-16T10:00:00.000Z",)"
        R"("type":"call\u002estarted","payload":{"callId":"sess\u005f1","ch\u0061nnel":"v\u006fice",)"
        R"("direction":"inbound","provider":"p"},"schemaVersion":"1\u002e0"})");
    ASSERT_TRUE(event) << event.error().reason << event.error().pointer;
    EXPECT_EQ(event->id(), "evt_1");
    EXPECT_EQ(event->stream(), "sess_1");
    EXPECT_EQ(event->type(), EventType::call_started);
    EXPECT_EQ(event->text(field::call_started::channel), "voice");
    EXPECT_NE(event->json().find(R"("evt\u005f1")"), std::string::npos) << "bytes stay as sent";
}

TEST(Event, SaysWhatSupersedesIt) {
    EventChecker checker;
    const auto partial = checker.check(event_json(
        "e", "sess_1", now, "transcript.partial",
        R"({"utteranceId":"utt\u005f1","speaker":"user","text":"","startMs":1,"endMs":2,"rev":1})"));
    ASSERT_TRUE(partial);
    EXPECT_EQ(partial->supersede_value(), "utt_1");
    EXPECT_EQ(checker.check(event_json("e", "sess_1", now, "x.a", "{}"))->supersede_value(), "");
}

TEST(Event, SurvivesBeingMoved) {
    EventChecker checker;
    auto checked = checker.check(
        final_event(R"({"utteranceId":"u","speaker":"user","text":"\n","startMs":1,"endMs":2})"));
    ASSERT_TRUE(checked);
    const Event moved = std::move(*checked);
    ASSERT_TRUE(checker.check(final_event(
        R"({"utteranceId":"other","speaker":"agent","text":"x","startMs":1,"endMs":2})")));
    EXPECT_EQ(moved.text(field::transcript_final::utterance_id), "u");
    EXPECT_EQ(moved.text(field::transcript_final::text), "\n");
}

TEST(Event, TakesThirtyTwoLevels) {
    EventChecker checker;
    const std::string deep = R"({"a":)" + std::string(30, '[') + std::string(30, ']') + "}";
    EXPECT_TRUE(checker.check(event_json("e", "sess_1", now, "x.deep", deep)));
}

TEST(Event, TakesTheLargestIntegersAndDoubles) {
    EventChecker checker;
    for (const char* number : {"9007199254740992", "-9007199254740992", "1.7976931348623157e308",
                               "5e-324", "1e-400", "-0", "0e99", "1E+2"}) {
        EXPECT_TRUE(checker.check(
            event_json("e", "sess_1", now, "x.n", R"({"n":)" + std::string(number) + "}")))
            << number;
    }
}

TEST(Event, OfTheServerMayHaveTheServersId) {
    EventChecker checker;
    const auto json = event_json("ll_end", "sess_1", now, "call.end.requested", "{}");
    EXPECT_TRUE(checker.check(json, Sender::server));
    EXPECT_EQ(checker.check(json).error().reason, reason::reserved_id);
}

TEST(Event, NullIsAbsentWhereItIsAllowed) {
    namespace f = field::billing_usage_reported;
    EventChecker checker;
    const auto event = checker.check(event_json(
        "e", "sess_1", now, "billing.usage.reported",
        R"({"reportId":"r","meter":"m","unit":"ms","quantity":null,"source":"estimated"})"));
    ASSERT_TRUE(event) << event.error().reason << event.error().pointer;
    EXPECT_FALSE(event->has(f::quantity));
    EXPECT_EQ(event->text(f::source), "estimated");
}

// What a later version wrote is read by an earlier one: a rollback must not lose the journal.
TEST(StoredEvent, MayComeFromALaterVersion) {
    EventChecker checker;
    const char* texts[] = {
        R"({"eventId":"e","sessionId":"sess_1","ts":"2026-02-16T10:00:00.000Z","type":"call.teleported","payload":{"a":1},"schemaVersion":"1.0"})",
        R"({"eventId":"e","sessionId":"sess_1","ts":"2026-02-16T10:00:00.000Z","type":"call.end.requested","payload":{"reason":"bored","mood":[{"x":1}]},"schemaVersion":"1.1"})",
        R"({"eventId":"ll_e","sessionId":"sess_1","ts":"2026-02-16T10:00:00.000Z","type":"call.end.requested","payload":{},"schemaVersion":"1.0","later":1})",
    };
    for (const char* text : texts) {
        EXPECT_FALSE(checker.check(text));
        const auto event = checker.read_stored(text);
        ASSERT_TRUE(event) << event.error().reason << event.error().pointer;
        EXPECT_EQ(event->json(), text);
    }
    EXPECT_EQ(checker.read_stored(texts[0])->type(), EventType::custom);
    EXPECT_EQ(checker.read_stored(texts[0])->type_name(), "call.teleported");
}

TEST(StoredEvent, IsStillJson) {
    EventChecker checker;
    EXPECT_EQ(checker.read_stored("{}").error().reason, reason::missing_field);
    EXPECT_EQ(checker.read_stored(R"({"eventId":"e")").error().reason, reason::json_invalid);
}

TEST(EventDeathTest, KnowsWhoseFieldsItHas) {
    EventChecker checker;
    const auto event = checker.check(event_json("e", "sess_1", now, "call.end.requested", "{}"));
    ASSERT_TRUE(event);
    EXPECT_DEATH((void)event->text(field::transcript_final::text), "owner");
}

}  // namespace
}  // namespace lifeline::contract
