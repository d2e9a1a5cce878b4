#include "contract/frames.h"

#include <gtest/gtest.h>

#include <string>

#include "contract/json.h"
#include "contract/limits.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

const std::string event =
    event_json("evt_1", "sess_1", "2026-02-16T10:00:00.000Z", "call.end.requested", "{}");

TEST(FrameReader, ReadsWhatClientsSend) {
    FrameReader reader;
    const auto publish = reader.read(R"({"op":"publish","event":)" + event + "}");
    ASSERT_TRUE(publish) << publish.error().reason << publish.error().pointer;
    EXPECT_EQ(publish->op, Op::publish);
    EXPECT_EQ(publish->event->json(), event);
    EXPECT_EQ(publish->event->id(), "evt_1");

    const auto ack = reader.read(R"({"op":"ack","seq":41})");
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->op, Op::ack);
    EXPECT_EQ(ack->seq, 41U);

    const auto ping = reader.read(R"({"op":"ping","t":12.50,"ack":7})");
    ASSERT_TRUE(ping);
    EXPECT_EQ(ping->op, Op::ping);
    EXPECT_EQ(ping->ping_time, "12.50") << "as it was written";
    EXPECT_EQ(ping->acked, 7U);
    EXPECT_EQ(reader.read(R"({"op":"ping","t":0})")->acked, std::nullopt);

    const auto refresh = reader.read(R"({"op":"refresh","token":"a.b\u002ec"})");
    ASSERT_TRUE(refresh);
    EXPECT_EQ(refresh->token, "a.b.c");

    const auto subscribe =
        reader.read(R"({"op":"subscribe","stream":"doc_7","after":3,"epoch":"ep_1"})");
    ASSERT_TRUE(subscribe);
    EXPECT_EQ(subscribe->op, Op::subscribe);
    EXPECT_EQ(subscribe->stream, "doc_7");
    EXPECT_EQ(subscribe->after, 3U);
    EXPECT_EQ(subscribe->epoch, "ep_1");
    EXPECT_EQ(reader.read(R"({"op":"unsubscribe","stream":"doc_7"})")->op, Op::unsubscribe);
}

TEST(FrameReader, TakesKeysInAnyOrderAndAnySpacing) {
    FrameReader reader;
    const auto publish =
        reader.read("\n{ \"event\" : " + event + " , \"\\u006fp\" : \"publ\\u0069sh\" }\n");
    ASSERT_TRUE(publish) << publish.error().reason << publish.error().pointer;
    EXPECT_EQ(publish->event->json(), event);
    EXPECT_EQ(publish->event->stream(), "sess_1");
}

TEST(FrameReader, Refuses) {
    struct Case {
        const char* name;
        std::string text;
        std::string_view reason;
        std::string pointer = "";
        std::string_view event_id = "";
    };
    const auto publish = [](std::string_view json) {
        return R"({"op":"publish","event":)" + std::string(json) + "}";
    };
    const std::string deep =
        event_json("evt_1", "sess_1", "2026-02-16T10:00:00.000Z", "x.deep",
                   R"({"a":)" + std::string(31, '[') + std::string(31, ']') + "}");
    const Case cases[] = {
        {"nothing", "", reason::json_invalid},
        {"no object", "[]", reason::wrong_type},
        {"no op", "{}", reason::missing_field, "/op"},
        {"an unknown op", R"({"op":"join"})", reason::unknown_op, "/op"},
        {"an unknown op with fields of its own", R"({"op":"join","room":1})", reason::unknown_op,
         "/op"},
        {"no word as op", R"({"op":1})", reason::wrong_type, "/op"},
        {"op twice", R"({"op":"ack","op":"ack","seq":1})", reason::duplicate_key, "/op"},
        {"another op's field", R"({"op":"ack","seq":1,"t":1})", reason::unknown_field, "/t"},
        {"nobody's field", R"({"op":"ack","seq":1,"x":1})", reason::unknown_field, "/x"},
        {"a field missing", R"({"op":"ack"})", reason::missing_field, "/seq"},
        {"no event", R"({"op":"publish"})", reason::missing_field, "/event"},
        {"an event too many", R"({"op":"ack","seq":1,"event":)" + event + "}",
         reason::unknown_field, "/event"},
        {"a negative seq", R"({"op":"ack","seq":-1})", reason::out_of_range, "/seq"},
        {"half a seq", R"({"op":"ack","seq":1.5})", reason::wrong_type, "/seq"},
        {"more behind it", R"({"op":"ack","seq":1}{})", reason::json_invalid},
        {"an event that is none", publish("7"), reason::wrong_type},
        {"a broken event", publish(R"({"eventId":"evt_1","sessionId":})"), reason::json_invalid,
         "/sessionId", "evt_1"},
        {"an event cut off", publish(R"({"eventId":"evt_1")"), reason::json_invalid},
        {"an event at fault", publish(event_json("evt_9", "sess_1", "now", "x.a", "{}")),
         reason::bad_format, "/ts", "evt_9"},
        {"a payload at fault",
         publish(event_json("evt_9", "sess_1", "2026-02-16T10:00:00.000Z", "call.end.requested",
                            R"({"reason":"bored"})")),
         reason::unknown_value, "/payload/reason", "evt_9"},
        {"an event too deep", publish(deep), reason::depth_exceeded,
         [] {
             std::string pointer = "/payload/a";
             for (int i = 0; i < 30; ++i) pointer += "/0";
             return pointer;
         }(),
         "evt_1"},
        {"a field without end", R"({"op":"ack","seq":1,")" + std::string(60'000, 'k') + R"(":1})",
         reason::unknown_field, "/" + std::string(128, 'k')},
        {"an event with a field without end",
         publish(event_json("evt_9", "sess_1", "2026-02-16T10:00:00.000Z", "call.end.requested",
                            "{\"" + std::string(60'000, 'k') + "\":1}")),
         reason::unknown_field, "/payload/" + std::string(128, 'k'), "evt_9"},
        {"a frame too large",
         std::string(static_cast<std::size_t>(limits::frame_bytes_max) + 1, ' '),
         reason::frame_too_large},
    };
    FrameReader reader;
    for (const auto& given : cases) {
        SCOPED_TRACE(given.name);
        const auto frame = reader.read(given.text);
        ASSERT_FALSE(frame);
        EXPECT_EQ(frame.error().reason, given.reason);
        EXPECT_EQ(frame.error().pointer, given.pointer);
        EXPECT_EQ(reader.event_id(), given.event_id);
    }
    EXPECT_TRUE(reader.read(R"({"op":"publish","event":)" + event + "}"));
}

TEST(FrameReader, HasRoomForTheLargestEvent) {
    const auto sized = [](std::size_t bytes) {
        const std::string bare =
            event_json("evt_1", "sess_1", "2026-02-16T10:00:00.000Z", "transcript.final",
                       R"({"utteranceId":"u","speaker":"user","text":"","startMs":1,"endMs":2})");
        std::string json = bare;
        // Escapes, so that 16384 characters fill 64 KiB.
        const std::size_t room = bytes - bare.size();
        std::string text;
        while (text.size() + 6 <= room && text.size() < 6 * 10'000) text += "\\u00e9";
        text.append(room - text.size(), 'a');
        return json.insert(json.find(R"("text":")") + 8, text);
    };
    FrameReader reader;
    const auto most = static_cast<std::size_t>(limits::event_bytes_max);
    EXPECT_TRUE(reader.read(R"({"op":"publish","event":)" + sized(most) + "}"));
    const auto over = reader.read(R"({"op":"publish","event":)" + sized(most + 1) + "}");
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().reason, reason::event_too_large);
    EXPECT_EQ(reader.event_id(), "evt_1");
}

template <class Append>
std::string written(Append append) {
    std::string out;
    append(out);
    EXPECT_TRUE(Json::parse(out)) << out;
    return out;
}

TEST(FrameWriter, Hello) {
    HelloFrame hello{.connection_id = "con_1", .generation = "1:2", .epoch = "ep_1"};
    hello.head_seq = 41;
    hello.oldest_seq = 1;
    hello.resumed = true;
    hello.replay_from = 12;
    hello.replay_to = 41;
    hello.resume_window_ms = 900000;
    hello.acked_seq = 11;
    hello.heartbeat_ms = 15000;
    hello.limits = {66560, 65536, 100, 200, 32};
    hello.reconnect = {250, 8000, 100, 900000};
    hello.server_time = "2026-02-16T10:00:00.000Z";
    hello.session = {"sess_1", "active", "connected", "user", "usr_1"};
    EXPECT_EQ(
        written([&](std::string& out) { append_hello(out, hello); }),
        R"({"op":"hello","connectionId":"con_1","generation":"1:2","epoch":"ep_1","headSeq":41,)"
        R"("oldestSeq":1,"resumed":true,"replayFrom":12,"replayTo":41,"resumeWindowMs":900000,)"
        R"("ackedSeq":11,"heartbeatMs":15000,"limits":{"frameBytes":66560,"eventBytes":65536,)"
        R"("eventsPerSecond":100,"eventsBurst":200,"inFlight":32},"reconnect":{"baseMs":250,)"
        R"("capMs":8000,"floorMs":100,"giveUpMs":900000},"durability":"fsync",)"
        R"("serverTime":"2026-02-16T10:00:00.000Z","schemaVersion":"1.0","session":{"id":"sess_1",)"
        R"("status":"active","phase":"connected","role":"user","participantId":"usr_1"}})");
    hello.resume_token = "r";
    EXPECT_NE(
        written([&](std::string& out) { append_hello(out, hello); }).find(R"("resumeToken":"r")"),
        std::string::npos);
}

TEST(FrameWriter, Events) {
    EXPECT_EQ(written([](std::string& out) {
                  append_event_frame(out, 12, "{}", {"user", "usr_\"1"}, "evt_0",
                                     "2026-02-16T10:00:00.000Z");
              }),
              R"({"op":"event","seq":12,"event":{},"meta":{"actor":{"kind":"user","id":"usr_\"1"},)"
              R"("cause":"evt_0","recordedAt":"2026-02-16T10:00:00.000Z"}})");
    EXPECT_EQ(written([](std::string& out) {
                  append_event_frame(out, 1, "{}", {"server", "lifeline"}, "", "t", "doc_7");
              }),
              R"({"op":"event","seq":1,"stream":"doc_7","event":{},"meta":{"actor":)"
              R"({"kind":"server","id":"lifeline"},"recordedAt":"t"}})");
}

TEST(FrameWriter, TheSmallOnes) {
    const std::pair<std::string, std::string> cases[] = {
        {written([](auto& out) { append_replay_complete(out, 41); }),
         R"({"op":"replay.complete","seq":41})"},
        {written([](auto& out) { append_skipped(out, 3, 7, SkipReason::superseded, "doc_7"); }),
         R"({"op":"skipped","fromSeq":3,"toSeq":7,"reason":"superseded","stream":"doc_7"})"},
        {written([](auto& out) { append_skipped(out, 3, 3, SkipReason::erased); }),
         R"({"op":"skipped","fromSeq":3,"toSeq":3,"reason":"erased"})"},
        {written([](auto& out) { append_accepted(out, "evt_1", 9, true); }),
         R"({"op":"accepted","eventId":"evt_1","seq":9,"duplicate":true})"},
        {written([](auto& out) { append_pong(out, "12.50", 41); }),
         R"({"op":"pong","t":12.50,"headSeq":41})"},
        {written([](auto& out) { append_token(out, "r", "t"); }),
         R"({"op":"token","resumeToken":"r","expiresAt":"t"})"},
        {written([](auto& out) { append_token_expiring(out, "t"); }),
         R"({"op":"token.expiring","expiresAt":"t"})"},
        {written([](auto& out) { append_goaway(out, {"draining", 5000, 500, 2000, true}); }),
         R"({"op":"goaway","reason":"draining","deadlineMs":5000,)"
         R"("reconnect":{"afterMs":500,"jitterMs":2000},"resume":true})"},
    };
    for (const auto& [frame, expected] : cases) EXPECT_EQ(frame, expected);
}

TEST(FrameWriter, Refusals) {
    EXPECT_EQ(written([](auto& out) {
                  append_error(out, {.event_id = "evt_1",
                                     .error = error_for(reason::unknown_field, "", "/payload/x")});
              }),
              R"({"op":"error","eventId":"evt_1","code":"unknown_field",)"
              R"("message":"A field that the schema does not have.","pointer":"/payload/x",)"
              R"("outcome":"refused"})");
    EXPECT_EQ(written([](auto& out) {
                  ErrorFrame later{.error = error_for(reason::commit_failed, "disk")};
                  later.error.retry_after = std::chrono::milliseconds(250);
                  append_error(out, later);
              }),
              R"({"op":"error","code":"commit_failed","message":"disk","outcome":"unknown",)"
              R"("retryAfterMs":250})");
}

TEST(FrameWriter, Bye) {
    ByeFrame ended{.code = CloseCode::session_ended, .reason = "session_ended"};
    ended.terminal_event = "{}";
    ended.request_id = "req_1";
    EXPECT_EQ(written([&](auto& out) { append_bye(out, ended); }),
              R"({"op":"bye","code":4000,"reason":"session_ended","message":"The call has ended.",)"
              R"("reconnect":false,"resume":false,"terminalEvent":{},"requestId":"req_1"})");

    const auto bye = bye_for(error_for(reason::draining));
    EXPECT_EQ(bye.code, CloseCode::draining);
    EXPECT_EQ(
        written([&](auto& out) { append_bye(out, bye); }),
        R"({"op":"bye","code":4200,"reason":"draining",)"
        R"("message":"The server is about to stop or to restart.","reconnect":true,"resume":true})");
    Error limit = error_for(reason::rate_limited);
    limit.retry_after = std::chrono::milliseconds(750);
    EXPECT_NE(
        written([&](auto& out) { append_bye(out, bye_for(limit)); }).find(R"("retryAfterMs":750)"),
        std::string::npos);
    EXPECT_EQ(bye_for(error_for(reason::unknown_field)).code, CloseCode::internal)
        << "a reason that closes nothing by itself";
}

}  // namespace
}  // namespace lifeline::contract
