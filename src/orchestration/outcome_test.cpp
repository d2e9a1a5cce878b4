#include "orchestration/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "contract/json.h"
#include "net/utf8.h"
#include "orchestration/foreign_text.h"
#include "orchestration/json_fit.h"

namespace lifeline::orchestration {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

contract::Json json(std::string_view text) {
    auto parsed = contract::Json::parse(text);
    EXPECT_TRUE(parsed) << text;
    return *parsed;
}

TEST(Fit, AnObjectThatFitsStaysAsItIs) {
    const char* const cases[] = {
        "{}",
        R"({"a":1,"b":[true,null,-1.5,"x"],"c":{"d":{}}})",
        R"({"b":"\u0001\"é"})",
        R"({"truncated":7})",
    };
    for (const char* text : cases) EXPECT_EQ(fit_object(json(text)), text);
    EXPECT_EQ(fit_object(json("[1,2]")), R"({"value":[1,2]})");
    EXPECT_EQ(fit_object(json(R"("x")")), R"({"value":"x"})");
    EXPECT_EQ(fit_object(json(R"({"big":1e20,"bigger":1e300})")),
              R"({"big":"100000000000000000000","bigger":1e+300})");
}

TEST(Fit, WhatDoesNotFitIsCutAndSaysSo) {
    struct Case {
        const char* name;
        std::string text;
        std::string cut;
    };
    const auto x = [](std::size_t count) { return std::string(count, 'x'); };
    const Case cases[] = {
        {"a text", R"({"a":")" + x(200) + R"("})", R"({"a":")" + x(39) + R"(","truncated":true})"},
        {"a list", R"({"a":[1234567890,1234567890,1234567890,1234567890,1234567890,1234567890]})",
         R"({"a":[1234567890,1234567890,1234567890],"truncated":true})"},
        {"the last members", R"({"a":1,"b":")" + x(200) + R"(","c":2})",
         R"({"a":1,"b":")" + x(33) + R"(","truncated":true})"},
        {"all of it", R"({")" + std::string(200, 'k') + R"(":1})", R"({"truncated":true})"},
        {"a member of that name", R"({"truncated":1,"a":")" + x(200) + R"("})",
         R"({"a":")" + x(39) + R"(","truncated":true})"},
    };
    for (const auto& [name, text, cut] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(fit_object(json(text), 64), cut);
    }
    EXPECT_EQ(fit_text(x(100), 64), R"({"text":")" + x(36) + R"(","truncated":true})");
    EXPECT_EQ(fit_text("short"), R"({"text":"short"})");
}

TEST(Fit, NothingIsDeeperThanAnEventCanHold) {
    std::string deep;
    for (int i = 0; i < 30; ++i) deep += R"({"a":)";
    deep += '1' + std::string(30, '}');
    const std::string fitted = fit_object(json(deep));
    EXPECT_THAT(fitted, HasSubstr("truncated"));
    EXPECT_TRUE(contract::Json::parse(R"({"payload":{"result":)" + fitted + "}}"));
}

// Some JSON that the contract takes.
std::string any_json(Random& random, int depth) {
    const std::uint64_t kind = random.below(depth > 4 ? 4 : 6);
    if (kind == 0) return std::to_string(random.below(1 << 20));
    if (kind == 1) return random.below(2) == 0 ? "true" : "null";
    if (kind < 4) {
        std::string text;
        constexpr std::array<std::string_view, 5> pieces = {"a", "é", "\\u0001", "\\\"", "😀"};
        for (std::uint64_t i = random.below(40); i > 0; --i) text += pieces[random.below(5)];
        return '"' + text + '"';
    }
    std::string inner;
    for (std::uint64_t i = 0, count = random.below(6); i < count; ++i) {
        if (i > 0) inner += ',';
        if (kind == 5) inner += "\"k" + std::to_string(i) + "\":";
        inner += any_json(random, depth + 1);
    }
    return kind == 4 ? '[' + inner + ']' : '{' + inner + '}';
}

TEST(Fit, PropertyAlwaysAnObjectOfItsSize) {
    SeededRandom random(11);
    for (int round = 0; round < 2000; ++round) {
        const std::string text = any_json(random, 0);
        const std::size_t limit = 64 + random.below(400);
        const std::string fitted = fit_object(json(text), limit);
        EXPECT_LE(fitted.size(), limit);
        const auto read = contract::Json::parse(fitted);
        ASSERT_TRUE(read) << fitted;
        EXPECT_TRUE(read->is_object());
        if (fitted.find("\"truncated\":true") == std::string::npos)
            EXPECT_EQ(json_text(json(text), 1 << 20).size() + (text[0] == '{' ? 0 : 10),
                      fitted.size());
    }
}

TEST(Foreign, JsonIsTamed) {
    struct Case {
        const char* name;
        std::string foreign;
        const char* tame;
    };
    const Case cases[] = {
        {"nothing to do", R"({"a":[1,-2.5e3,"x\n\u00e9"]})", R"({"a":[1,-2.5e3,"x\n\u00e9"]})"},
        {"a large integer", R"({"id":12345678901234567890})", R"({"id":"12345678901234567890"})"},
        {"the largest that fits", "[9007199254740992,-9007199254740994]",
         R"([9007199254740992,"-9007199254740994"])"},
        {"beyond a double", "[1e999]", R"(["1e999"])"},
        {"U+0000", R"(["a\u0000b"])", R"(["a\ufffdb"])"},
        {"half a pair", R"(["\ud800","\udc00x","\ud83d\ude00"])",
         R"(["\ufffd","\ufffdx","\ud83d\ude00"])"},
        {"digits and escapes in a text", R"(["12345678901234567890 \"\\"])",
         R"(["12345678901234567890 \"\\"])"},
        {"no UTF-8", "[\"a\xff\xc3\"]", "[\"a\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
        {"no JSON", "{12345678901234567890 -", "{\"12345678901234567890\" -"},
        {"an escape at the end", "\"\\", "\"\\"},
    };
    for (const auto& [name, foreign, tame] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(tame_json(foreign), tame);
    }
}

TEST(Foreign, NoiseIsNeverMoreThanText) {
    SeededRandom random(5);
    for (int round = 0; round < 3000; ++round) {
        constexpr std::string_view alphabet = "\\\"ud80c{}[],:-1e.9\xc3\xff\0";
        std::string noise;
        for (std::uint64_t i = random.below(40); i > 0; --i)
            noise += alphabet[random.below(alphabet.size())];
        EXPECT_TRUE(net::is_utf8(tame_json(noise)));
        const std::string fitted = fit(noise, 10);
        EXPECT_TRUE(net::is_utf8(fitted));
        EXPECT_TRUE(contract::Json::parse(fit_text(noise))) << noise;
    }
}

TEST(Outcome, FitsTheEventsItBecomesPartOf) {
    const Outcome long_one = failed(std::string(100, 'a'), std::string(5000, 'm'));
    EXPECT_EQ(long_one.code.size(), 64u);
    EXPECT_EQ(long_one.message.size(), 1024u);
    EXPECT_EQ(failed("9 Not-Found", "").code, "otound");
    EXPECT_EQ(failed("", "").message, "failed");
    EXPECT_EQ(unknown("no_answer", std::string_view("a\0b", 3)).message,
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(succeeded("{}", std::string(9000, 's')).summary.size(), 2048u);
}

}  // namespace
}  // namespace lifeline::orchestration
