// What the checker refuses, each with its reason and the place of the fault.
#include <gtest/gtest.h>

#include <string>

#include "contract/event.h"
#include "contract/limits.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

using namespace std::string_literals;

// A text event with one part exchanged; what is not said is right.
struct Parts {
    std::string id = R"("evt_1")";
    std::string stream = R"("sess_1")";
    std::string ts = R"("2026-02-16T10:00:00.000Z")";
    std::string type = R"("x.test")";
    std::string payload = "{}";
    std::string version = R"("1.0")";
    std::string more = "";

    std::string json() const {
        return R"({"eventId":)" + id + R"(,"sessionId":)" + stream + R"(,"ts":)" + ts +
               R"(,"type":)" + type + R"(,"payload":)" + payload + R"(,"schemaVersion":)" +
               version + more + "}";
    }
};

std::string payload(std::string text) {
    return Parts{.payload = std::move(text)}.json();
}

std::string final_text(const std::string& text) {
    return Parts{.type = R"("transcript.final")",
                 .payload = R"({"utteranceId":"u","speaker":"user","text":)" + text +
                            R"(,"startMs":1,"endMs":2})"}
        .json();
}

std::string nested(int depth) {
    const auto n = static_cast<std::size_t>(depth);
    return R"({"a":)" + std::string(n, '[') + std::string(n, ']') + "}";
}

struct Case {
    const char* name;
    std::string text;
    std::string_view reason;
    std::string pointer = "";
};

void expect_refused(const Case& given) {
    SCOPED_TRACE(given.name);
    EventChecker checker;
    const auto event = checker.check(given.text);
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().reason, given.reason);
    EXPECT_EQ(event.error().pointer, given.pointer);
    EXPECT_EQ(event.error().code, find_reason(given.reason)->code);
}

TEST(EventRefusal, WhatIsNoJson) {
    const Case cases[] = {
        {"nothing", "", reason::json_invalid},
        {"only space", "  \n", reason::json_invalid},
        {"a word", "hello", reason::json_invalid},
        {"a byte order mark", "\xEF\xBB\xBF" + payload("{}"), reason::json_invalid},
        {"cut off", payload("{}").substr(0, 80), reason::json_invalid},
        {"its last bracket missing", payload("{}").substr(0, payload("{}").size() - 1),
         reason::json_invalid},
        {"two events", payload("{}") + payload("{}"), reason::json_invalid},
        {"more behind it", payload("{}") + " x", reason::json_invalid},
        {"a comma too many", Parts{.more = ","}.json(), reason::json_invalid},
        {"a comma too many inside", payload(R"({"a":1,})"), reason::json_invalid, "/payload"},
        {"a comma missing", payload(R"({"a":1 "b":2})"), reason::json_invalid, "/payload"},
        {"a colon missing", payload(R"({"a" 1})"), reason::json_invalid, "/payload"},
        {"a bracket of the other kind", payload(R"({"a":[1}})"), reason::json_invalid,
         "/payload/a"},
        {"single quotes", payload("{'a':1}"), reason::json_invalid, "/payload"},
        {"a comment", payload("{/**/}"), reason::json_invalid, "/payload"},
        {"a bare word", payload(R"({"a":nil})"), reason::json_invalid, "/payload/a"},
        {"almost true", payload(R"({"a":truex})"), reason::json_invalid, "/payload/a"},
        {"not a number", payload(R"({"a":NaN})"), reason::json_invalid, "/payload/a"},
        {"a leading zero", payload(R"({"a":01})"), reason::json_invalid, "/payload/a"},
        {"a plus sign", payload(R"({"a":+1})"), reason::json_invalid, "/payload/a"},
        {"no digit behind the point", payload(R"({"a":1.})"), reason::json_invalid, "/payload/a"},
        {"no digit in the exponent", payload(R"({"a":1e})"), reason::json_invalid, "/payload/a"},
        {"a number against a string", payload(R"({"a":1"b"})"), reason::json_invalid, "/payload/a"},
        {"an unknown escape", payload(R"({"a":"\x"})"), reason::json_invalid, "/payload/a"},
        {"half an escape", payload(R"({"a":"\u12"})"), reason::json_invalid, "/payload/a"},
        {"a line break in a string", payload("{\"a\":\"\n\"}"), reason::json_invalid},
        {"NUL in a string", payload("{\"a\":\"\0\"}"s), reason::json_invalid},
        {"NUL between tokens", payload("{\0}"s), reason::json_invalid, "/payload"},
    };
    for (const auto& given : cases) expect_refused(given);
}

TEST(EventRefusal, WhatIsJsonAndStillNotClean) {
    const Case cases[] = {
        {"not UTF-8", payload("{\"a\":\"\xFF\"}"), reason::utf8_invalid},
        {"overlong UTF-8", payload("{\"a\":\"\xC0\xAF\"}"), reason::utf8_invalid},
        {"a surrogate in UTF-8", payload("{\"a\":\"\xED\xA0\x80\"}"), reason::utf8_invalid},
        {"not UTF-8 in a key", payload("{\"\x80\":1}"), reason::utf8_invalid},
        {"the first half of a pair", payload(R"({"a":"\ud83d"})"), reason::lone_surrogate,
         "/payload/a"},
        {"the second half", payload(R"({"a":"\ude00"})"), reason::lone_surrogate, "/payload/a"},
        {"halves the wrong way round", payload(R"({"a":"\ude00\ud83d"})"), reason::lone_surrogate,
         "/payload/a"},
        {"half a pair in a key", payload(R"({"\ud83d":1})"), reason::lone_surrogate, "/payload"},
        {"an escaped NUL", payload(R"({"a":"x\u0000"})"), reason::nul_character, "/payload/a"},
        {"an escaped NUL in a key", payload(R"({"\u0000":1})"), reason::nul_character, "/payload"},
        {"an escaped NUL in a text", final_text(R"("\u0000")"), reason::nul_character,
         "/payload/text"},
        {"beyond a double", payload(R"({"a":1e400})"), reason::number_out_of_range, "/payload/a"},
        {"beyond a double, negative", payload(R"({"a":[0,-1e400]})"), reason::number_out_of_range,
         "/payload/a/1"},
        {"an integer beyond 2^53", payload(R"({"a":9007199254740993})"),
         reason::number_out_of_range, "/payload/a"},
        {"an integer below -2^53", payload(R"({"a":-9007199254740993})"),
         reason::number_out_of_range, "/payload/a"},
        {"an integer beyond 64 bits", payload(R"({"a":100000000000000000000})"),
         reason::number_out_of_range, "/payload/a"},
        {"33 deep", payload(nested(31)), reason::depth_exceeded,
         "/payload/a" +
             [] {
                 std::string steps;
                 for (int i = 0; i < 30; ++i) steps += "/0";
                 return steps;
             }()},
        {"the same key twice", Parts{.more = R"(,"eventId":"evt_2")"}.json(), reason::duplicate_key,
         "/eventId"},
        {"the same key twice, escaped", Parts{.more = R"(,"event\u0049d":"evt_2")"}.json(),
         reason::duplicate_key, "/eventId"},
        {"the same key twice inside", payload(R"({"a":1,"b":2,"a":3})"), reason::duplicate_key,
         "/payload/a"},
        {"the same key twice deep inside", payload(R"({"l":[{},{"k":{"a":1,"\u0061":1}}]})"),
         reason::duplicate_key, "/payload/l/1/k/a"},
        {"the empty key twice", payload(R"({"":1,"":1})"), reason::duplicate_key, "/payload/"},
        {"a key to be escaped in the pointer", payload(R"({"a/b~":1,"a/b~":1})"),
         reason::duplicate_key, "/payload/a~1b~0"},
    };
    for (const auto& given : cases) expect_refused(given);
}

TEST(EventRefusal, ManyKeysWithOneTwice) {
    std::string text = "{";
    for (int i = 0; i < 500; ++i) text += "\"k" + std::to_string(i) + "\":0,";
    expect_refused(
        {"among many", payload(text + R"("k77":1})"), reason::duplicate_key, "/payload/k77"});
    EventChecker checker;
    EXPECT_TRUE(checker.check(payload(text + R"("k":1})")));
}

// What is refused comes back as a pointer, so nobody may be made to send back what they were sent.
TEST(EventRefusal, LongKeysAreCutInPointers) {
    const std::string most(128, 'k');
    const std::string endless(60'000, 'k');
    std::string umlauts = "k";
    for (int i = 0; i < 30'000; ++i) umlauts += "é";
    const std::string slashes(60'000, '/');
    std::string cut_slashes;
    for (int i = 0; i < 128; ++i) cut_slashes += "~1";
    const Case cases[] = {
        {"a key of 128 bytes", Parts{.more = ",\"" + most + "\":1"}.json(), reason::unknown_field,
         "/" + most},
        {"a key of 129 bytes", Parts{.more = ",\"" + most + "x\":1"}.json(), reason::unknown_field,
         "/" + most},
        {"a key without end", Parts{.more = ",\"" + endless + "\":1"}.json(), reason::unknown_field,
         "/" + most},
        {"a key of two-byte characters", Parts{.more = ",\"" + umlauts + "\":1"}.json(),
         reason::unknown_field, "/" + umlauts.substr(0, 127)},
        {"a key of escapes", Parts{.more = ",\"" + slashes + "\":1"}.json(), reason::unknown_field,
         "/" + cut_slashes},
        {"a key without end inside", payload("{\"" + endless + "\":[tru]}"), reason::json_invalid,
         "/payload/" + most + "/0"},
        {"a long key twice",
         payload("{\"" + std::string(20'000, 'k') + "\":1,\"" + std::string(20'000, 'k') + "\":1}"),
         reason::duplicate_key, "/payload/" + most},
    };
    for (const auto& given : cases) expect_refused(given);
}

TEST(EventRefusal, LongPointersLoseTheirInnermostSteps) {
    const std::string step(128, 'k');
    std::string text = "tru";
    for (int i = 0; i < 30; ++i) text = "{\"" + step + "\":" + text + "}";
    std::string pointer = "/payload";
    while (pointer.size() + 1 + step.size() <= limits::pointer_bytes_max) pointer += "/" + step;
    expect_refused({"30 long keys", payload(text), reason::json_invalid, pointer});
}

TEST(EventRefusal, TheEnvelope) {
    const std::string long_id = "\"" + std::string(65, 'e') + "\"";
    const Case cases[] = {
        {"an array", "[]", reason::wrong_type},
        {"a string", R"("event")", reason::wrong_type},
        {"null", "null", reason::wrong_type},
        {"nothing in it", "{}", reason::missing_field, "/eventId"},
        {"a seventh key", Parts{.more = R"(,"seq":1)"}.json(), reason::unknown_field, "/seq"},
        {"a key in other letters", Parts{.more = R"(,"EventId":"evt_1")"}.json(),
         reason::unknown_field, "/EventId"},
        {"no version",
         R"({"eventId":"e","sessionId":"sess_1","ts":"2026-02-16T10:00:00.000Z",)"
         R"("type":"x.a","payload":{}})",
         reason::missing_field, "/schemaVersion"},
        {"an empty id", Parts{.id = R"("")"}.json(), reason::bad_format, "/eventId"},
        {"an id of 65", Parts{.id = long_id}.json(), reason::bad_format, "/eventId"},
        {"an id with a space", Parts{.id = R"("evt 1")"}.json(), reason::bad_format, "/eventId"},
        {"an id with a letter beyond ASCII", Parts{.id = R"("evt_é")"}.json(), reason::bad_format,
         "/eventId"},
        {"a number as id", Parts{.id = "1"}.json(), reason::wrong_type, "/eventId"},
        {"the server's id", Parts{.id = R"("ll_1")"}.json(), reason::reserved_id, "/eventId"},
        {"the server's id, escaped", Parts{.id = R"("\u006cl_1")"}.json(), reason::reserved_id,
         "/eventId"},
        {"a stream without a kind", Parts{.stream = R"("1")"}.json(), reason::bad_format,
         "/sessionId"},
        {"a stream without a name", Parts{.stream = R"("sess_")"}.json(), reason::bad_format,
         "/sessionId"},
        {"a stream of another kind", Parts{.stream = R"("acct_1")"}.json(), reason::wrong_stream,
         "/sessionId"},
        {"another version", Parts{.version = R"("2.0")"}.json(), reason::unsupported_schema_version,
         "/schemaVersion"},
        {"a number as version", Parts{.version = "1.0"}.json(), reason::wrong_type,
         "/schemaVersion"},
        {"no type", Parts{.type = R"("")"}.json(), reason::out_of_range, "/type"},
        {"a type of nobody", Parts{.type = R"("call.exploded")"}.json(), reason::unknown_type,
         "/type"},
        {"a type in other letters", Parts{.type = R"("Call.Started")"}.json(), reason::unknown_type,
         "/type"},
        {"a type of the user interface", Parts{.type = R"("ui.status")"}.json(),
         reason::unknown_type, "/type"},
        {"a type of before", Parts{.type = R"("action.executed")"}.json(), reason::legacy_type,
         "/type"},
        {"x. and nothing", Parts{.type = R"("x.")"}.json(), reason::unknown_type, "/type"},
        {"x. and a space", Parts{.type = R"("x.a b")"}.json(), reason::unknown_type, "/type"},
        {"x. and a star", Parts{.type = R"("x.*")"}.json(), reason::unknown_type, "/type"},
        {"a payload that is none", payload("7"), reason::wrong_type, "/payload"},
        {"a payload of null", payload("null"), reason::wrong_type, "/payload"},
        {"a payload of a list", payload("[]"), reason::wrong_type, "/payload"},
    };
    for (const auto& given : cases) expect_refused(given);
}

TEST(EventRefusal, TimesThatAreNone) {
    const char* times[] = {
        "",
        "now",
        "2026-02-16",
        "2026-02-16T10:00:00Z",
        "2026-02-16T10:00:00.00Z",
        "2026-02-16T10:00:00.0000Z",
        "2026-02-16T10:00:00.000",
        "2026-02-16T10:00:00.000+00:00",
        "2026-02-16t10:00:00.000z",
        "2026-02-16 10:00:00.000Z",
        "2026-00-16T10:00:00.000Z",
        "2026-13-16T10:00:00.000Z",
        "2026-02-00T10:00:00.000Z",
        "2026-02-29T10:00:00.000Z",
        "2100-02-29T10:00:00.000Z",
        "2026-04-31T10:00:00.000Z",
        "2026-02-16T24:00:00.000Z",
        "2026-02-16T10:60:00.000Z",
        "2026-02-16T10:00:60.000Z",
        "-026-02-16T10:00:00.000Z",
        "2026-02-16T1:00:00.0000Z",
        "２026-02-16T10:00:00.000Z",
    };
    for (const char* time : times) {
        expect_refused(
            {time, Parts{.ts = "\"" + std::string(time) + "\""}.json(), reason::bad_format, "/ts"});
    }
    EventChecker checker;
    for (const char* time : {"2024-02-29T23:59:59.999Z", "2000-02-29T00:00:00.000Z",
                             "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"}) {
        EXPECT_TRUE(checker.check(Parts{.ts = "\"" + std::string(time) + "\""}.json())) << time;
    }
}

TEST(EventRefusal, ThePayload) {
    const auto started = [](std::string text) {
        return Parts{.type = R"("call.started")", .payload = std::move(text)}.json();
    };
    const Case cases[] = {
        {"a field too many",
         started(
             R"({"callId":"sess_1","channel":"voice","direction":"inbound","provider":"p","x":1})"),
         reason::unknown_field, "/payload/x"},
        {"a field twice", started(R"({"callId":"sess_1","channel":"voice","channel":"voice"})"),
         reason::duplicate_key, "/payload/channel"},
        {"a field twice, escaped",
         started(R"({"callId":"sess_1","channel":"voice","\u0063hannel":"voice"})"),
         reason::duplicate_key, "/payload/channel"},
        {"another call",
         started(R"({"callId":"sess_2","channel":"voice","direction":"inbound","provider":"p"})"),
         reason::wrong_stream, "/payload/callId"},
        {"a field deep inside",
         started(
             R"({"callId":"sess_1","channel":"voice","direction":"inbound","provider":"p",)"
             R"("participants":[{"participantId":"a","role":"user"},{"participantId":"b","role":"user","identity":{"x":1}}]})"),
         reason::unknown_field, "/payload/participants/1/identity/x"},
        {"a text too long", final_text("\"" + std::string(16385, 'a') + "\""), reason::out_of_range,
         "/payload/text"},
        {"a text of null", final_text("null"), reason::wrong_type, "/payload/text"},
        {"a text of an object", final_text("{}"), reason::wrong_type, "/payload/text"},
        {"a text of a half word", final_text("tru"), reason::json_invalid, "/payload/text"},
    };
    for (const auto& given : cases) expect_refused(given);
}

TEST(EventRefusal, Sizes) {
    EventChecker checker;
    const std::size_t frame = payload(R"({"a":""})").size();
    const auto event_bytes = static_cast<std::size_t>(limits::event_bytes_max);
    const auto payload_bytes = static_cast<std::size_t>(limits::custom_payload_bytes_max);

    const auto custom = [](std::size_t bytes) {
        return payload(R"({"a":")" + std::string(bytes - 8, 'a') + R"("})");
    };
    EXPECT_TRUE(checker.check(custom(payload_bytes)));
    expect_refused(
        {"a custom payload", custom(payload_bytes + 1), reason::payload_too_large, "/payload"});

    // Space counts as sent, but is not stored.
    const std::string space(event_bytes - frame, ' ');
    EXPECT_TRUE(checker.check(payload(R"({"a":""})" + space)));
    expect_refused({"an event", payload(R"({"a":""} )" + space), reason::event_too_large});
}

TEST(EventRefusal, NamesTheEventWhenItCan) {
    struct {
        std::string text;
        std::string_view id;
    } const cases[] = {
        {payload("7"), "evt_1"},
        {Parts{.id = R"("ll_1")"}.json(), "ll_1"},
        {Parts{.id = R"("\u0065vt")", .type = R"("call.none")"}.json(), "evt"},
        {Parts{.id = R"("not one")"}.json(), ""},
        {"nonsense", ""},
        {"[]", ""},
    };
    EventChecker checker;
    for (const auto& [text, id] : cases) {
        EXPECT_FALSE(checker.check(text));
        EXPECT_EQ(checker.last_event_id(), id) << text;
    }
}

}  // namespace
}  // namespace lifeline::contract
