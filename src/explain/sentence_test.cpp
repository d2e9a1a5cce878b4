#include "explain/sentence.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "contract/json.h"
#include "contract/json_writer.h"
#include "explain/line_text.h"

namespace lifeline::explain {
namespace {

contract::Json read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto json = contract::Json::parse(text.str());
    EXPECT_TRUE(json.has_value()) << path;
    return *json;
}

void write(contract::JsonWriter& json, const contract::Json& value) {
    using Kind = contract::Json::Kind;
    switch (value.kind()) {
        case Kind::null:
            json.null();
            return;
        case Kind::boolean:
            json.value(*value.as_bool());
            return;
        case Kind::number:
            if (const auto whole = value.as_integer())
                json.value(*whole);
            else
                json.value(*value.as_number());
            return;
        case Kind::text:
            json.value(*value.as_text());
            return;
        case Kind::array:
            json.array();
            for (const contract::Json& item : value.items()) write(json, item);
            json.end();
            return;
        case Kind::object:
            json.object();
            for (const auto& [key, member] : value.members()) {
                json.key(key);
                write(json, member);
            }
            json.end();
            return;
    }
}

TEST(Sentences, EveryTypeOfACallHasOneOfItsOwn) {
    for (int i = 0; i <= static_cast<int>(contract::EventType::custom); ++i) {
        const auto type = static_cast<contract::EventType>(i);
        if (!contract::type_info(type).streams.has(contract::StreamKind::call)) continue;
        EXPECT_EQ(sentence_of(type).type, type) << contract::type_info(type).name;
    }
}

std::string said_of(std::string_view type, std::string_view payload) {
    contract::EventChecker checker;
    const auto event = checker.read_stored(
        contract::event_json("e1", "sess_1", "2026-02-16T10:00:00.000Z", type, payload));
    EXPECT_TRUE(event.has_value()) << type << payload;
    if (!event) return {};
    const contract::Actor actor{"user", "usr_ada"};
    return say(
        {.seq = 1, .event_id = "e1", .actor = actor, .cause = "", .at = {}, .event = &*event},
        Cast());
}

// The examples of the schema: a form that names a field that is not there would say "?".
TEST(Sentences, HaveAllTheirPlacesFilled) {
    std::size_t looked_at = 0;
    for (const auto& file : std::filesystem::directory_iterator("schema/v1/events")) {
        const contract::Json schema = read(file.path());
        const auto title = *schema.text("title");
        const std::string type = title == "x.*" ? "x.note" : std::string(title);
        const auto examples = schema.find("examples");
        if (!examples) continue;
        for (const contract::Json& example : examples->items()) {
            contract::JsonWriter payload;
            write(payload, example);
            const std::string text = payload.take();
            const std::string said = said_of(type, text);
            if (text.find('?') == std::string::npos)
                EXPECT_EQ(said.find('?'), std::string::npos) << type << ": " << said;
            ++looked_at;
        }
    }
    EXPECT_GT(looked_at, 100U);
}

TEST(Sentences, FillTheirPlaces) {
    struct Case {
        const char* name;
        const char* type;
        const char* payload;
        const char* then;
    };
    const Case cases[] = {
        {"what is optional and there", "call.ended",
         R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":3,"endReason":"completed","by":"usr_b"})",
         "the call ended after 3 s: completed, asked for by usr_b"},
        {"and not", "call.ended",
         R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":3,"endReason":"completed"})",
         "the call ended after 3 s: completed"},
        {"one of two words", "call.hold.changed",
         R"({"callId":"sess_1","held":false,"by":"usr_b"})", "usr_b took the call back from hold"},
        {"all of a list", "safety.content.flagged",
         R"({"subject":{"kind":"utterance","id":"u"},"categories":["a","b"],"action":"logged"})",
         "a filter noticed a, b: logged"},
        {"an unknown quantity", "billing.usage.reported",
         R"({"reportId":"r","meter":"agent.tokens","unit":"tokens","quantity":null,"source":"measured"})",
         "used tokens of agent.tokens"},
        {"the application's", "x.note", R"({"a":1})", "the application's x.note, by usr_ada"},
    };
    for (const auto& [name, type, payload, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(said_of(type, payload), then);
    }
}

TEST(LineText, IsOneHarmlessLine) {
    EXPECT_EQ(line_text("a\tb\nc\r\nd"), "a b c d");
    EXPECT_EQ(line_text("a\x1b[2Jb"), "a⟨U+001B⟩[2Jb");
    EXPECT_EQ(line_text("žluťoučký", 3), "žlu…");
    EXPECT_EQ(line_text("žlu", 3), "žlu");
}

TEST(LineText, SaysDurationsAsPeopleDo) {
    const std::pair<std::int64_t, const char*> cases[] = {
        {0, "0 ms"},           {999, "999 ms"},          {1'000, "1.0 s"},   {59'999, "59.9 s"},
        {60'000, "1 min 0 s"}, {3'723'000, "1 h 2 min"}, {-1'500, "-1.5 s"},
    };
    for (const auto& [ms, text] : cases) EXPECT_EQ(duration_text(Millis{ms}), text);
}

}  // namespace
}  // namespace lifeline::explain
