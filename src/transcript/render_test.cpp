#include "transcript/render.h"

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "transcript/plain_text.h"
#include "transcript/test_call.h"

namespace lifeline::transcript {

namespace {

const Heading heading{"sess_1", "ep_1", 3};

Fold short_call() {
    TestCall call;
    call.event(
        "call.participant.joined",
        R"({"callId":"sess_1","participantId":"ada","role":"user","identity":{"userId":"ada","displayName":"Ada"}})");
    call.final("u1", "Hello,\\nthere", 1'200, 3'400);
    call.say("partial", "u2",
             R"(,"speaker":"agent","text":"Good","startMs":3600000,"endMs":3600500,"rev":1)",
             "bot");
    return call.fold;
}

}  // namespace

TEST(Render, Json) {
    EXPECT_EQ(render(short_call(), heading, Format::json),
              R"({"sessionId":"sess_1","epoch":"ep_1","seq":3,"utterances":[)"
              R"({"utteranceId":"u1","participantId":"ada","speaker":"user","state":"final",)"
              R"("text":"Hello,\nthere","startMs":1200,"endMs":3400,"seq":2,"lastSeq":2},)"
              R"({"utteranceId":"u2","participantId":"bot","speaker":"agent","state":"partial",)"
              R"("text":"Good","startMs":3600000,"endMs":3600500,"seq":3,"lastSeq":3}]})");
}

TEST(Render, Text) {
    EXPECT_EQ(render(short_call(), heading, Format::text),
              "sess_1, up to event 3\n"
              "\n[00:00:01] Ada\n    Hello,\n    there\n"
              "\n[01:00:00] bot (not finished)\n    Good\n");
}

TEST(Render, Markdown) {
    EXPECT_EQ(render(short_call(), heading, Format::markdown),
              "# Transcript of sess\\_1\n\nUp to event 3.\n"
              "\n**Ada** 00:00:01\n\n> Hello\\,\n> there\n"
              "\n**bot** 01:00:00 (not finished)\n\n> Good\n");
}

TEST(Render, WebVtt) {
    EXPECT_EQ(render(short_call(), heading, Format::webvtt),
              "WEBVTT\n\nNOTE\nsess_1 up to event 3\n"
              "\n00:00:01.200 --> 00:00:03.400\n<v Ada>Hello,\nthere\n"
              "\n01:00:00.000 --> 01:00:00.500\n<v bot>Good\n");
}

TEST(Render, CuesStandInTheOrderOfTheirTimesAndTakeSome) {
    TestCall call;
    call.final("u1", "second", 5'000, 5'000);
    call.final("u2", "first", 1'000, 2'000);
    call.say("utterance.started", "u3", R"(,"speaker":"user","participantId":"ada","startMs":0)");
    EXPECT_EQ(render(call.fold, heading, Format::webvtt),
              "WEBVTT\n\nNOTE\nsess_1 up to event 3\n"
              "\n00:00:01.000 --> 00:00:02.000\n<v ada>first\n"
              "\n00:00:05.000 --> 00:00:05.001\n<v ada>second\n");
}

TEST(Render, WhatWasSaidStaysWords) {
    struct Case {
        const char* said;  // As it stands in JSON.
        const char* text;
        const char* markdown;
        const char* cue;
    };
    const Case cases[] = {
        {"<script>alert(1)</script>", "<script>alert(1)</script>",
         R"(\<script\>alert\(1\)\<\/script\>)", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"a\\u202Eb", "a⟨U+202E⟩b", R"(a⟨U\+202E⟩b)", "a⟨U+202E⟩b"},
        {"x\\u0007\\u001b[31m", "x⟨U+0007⟩⟨U+001B⟩[31m", R"(x⟨U\+0007⟩⟨U\+001B⟩\[31m)",
         "x⟨U+0007⟩⟨U+001B⟩[31m"},
        {"one\\n\\n00:00:09.000 --> 00:00:10.000\\nforged",
         "one\n    \n    00:00:09.000 --> 00:00:10.000\n    forged",
         "one\n> \n> 00\\:00\\:09\\.000 \\-\\-\\> 00\\:00\\:10\\.000\n> forged",
         "one\n00:00:09.000 --&gt; 00:00:10.000\nforged"},
        {"[x](javascript:alert(1))", "[x](javascript:alert(1))",
         R"(\[x\]\(javascript\:alert\(1\)\))", "[x](javascript:alert(1))"},
        {"# Not a heading\\r\\nline", "# Not a heading\n    line", "\\# Not a heading\n> line",
         "# Not a heading\nline"},
        {"&lt;v Eve&gt;", "&lt;v Eve&gt;", R"(\&lt\;v Eve\&gt\;)", "&amp;lt;v Eve&amp;gt;"},
    };
    for (const Case& one : cases) {
        TestCall call;
        call.final("u", one.said);
        EXPECT_THAT(to_plain(call.fold, heading),
                    testing::EndsWith(std::string("ada\n    ") + one.text + "\n"));
        EXPECT_THAT(to_markdown(call.fold, heading),
                    testing::EndsWith(std::string("\n\n> ") + one.markdown + "\n"));
        EXPECT_THAT(to_webvtt(call.fold, heading),
                    testing::EndsWith(std::string("<v ada>") + one.cue + "\n"));
    }
}

TEST(Render, HasADigestOfWhatWasSaidAlone) {
    TestCall call;
    EXPECT_EQ(digest(call.fold), to_hex(sha256("[]")));
    call.final("u", "Hi");
    const std::string before = digest(call.fold);
    const std::string json = to_json(call.fold, heading);
    const std::size_t from = json.find('[');
    EXPECT_EQ(before, to_hex(sha256(contract::canonical_json(
                          std::string_view(json).substr(from, json.rfind(']') + 1 - from)))));
    call.final("v", "there");
    EXPECT_NE(digest(call.fold), before);
}

TEST(Render, KnowsItsFormatsByName) {
    EXPECT_EQ(format_of("vtt"), Format::webvtt);
    EXPECT_EQ(format_of("markdown"), Format::markdown);
    EXPECT_EQ(format_of("pdf"), std::nullopt);
    EXPECT_EQ(media_type(Format::webvtt), "text/vtt; charset=utf-8");
}

TEST(PlainText, LeavesWhatPeopleWriteAlone) {
    for (const char* text :
         {"Grüße, 👩‍👩‍👧 und 日本語\tok\n", "می‌خواهم", ""})
        EXPECT_EQ(plain_text(text), text);
    EXPECT_EQ(plain_text("a\r\nb\rc"), "a\nb\nc");
    EXPECT_EQ(plain_text("\xF3\xA0\x81\x81"), "⟨U+E0041⟩");
}

}  // namespace lifeline::transcript
