#include "contract/json.h"

#include <gtest/gtest.h>

#include <string>

#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

TEST(Json, IsLookedAt) {
    const auto json = Json::parse(
        R"( {"text":"a\u00e9","n":-3,"d":0.25,"yes":true,"none":null,"list":[1,"b",{"c":[]}],"":0} )");
    ASSERT_TRUE(json);
    EXPECT_TRUE(json->is_object());
    EXPECT_EQ(json->text("text"), "aé");
    EXPECT_EQ(json->find("n")->as_integer(), -3);
    EXPECT_EQ(json->find("d")->as_number(), 0.25);
    EXPECT_EQ(json->find("d")->as_integer(), std::nullopt);
    EXPECT_EQ(json->find("yes")->as_bool(), true);
    EXPECT_EQ(json->find("none")->kind(), Json::Kind::null);
    EXPECT_EQ(json->find("")->as_integer(), 0);
    EXPECT_FALSE(json->find("absent"));
    EXPECT_EQ(json->text("n"), std::nullopt);

    const auto items = json->find("list")->items();
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[1].as_text(), "b");
    EXPECT_TRUE(items[2].find("c")->is_array());
    EXPECT_TRUE(items[2].find("c")->items().empty());
    EXPECT_FALSE(items[0].find("c"));

    std::string keys;
    for (const auto& [key, value] : json->members()) keys += std::string(key) + ",";
    EXPECT_EQ(keys, "text,n,d,yes,none,list,,");
}

TEST(Json, OutlivesItsBytesAndItsRoot) {
    std::optional<Json> inner;
    {
        std::string bytes = R"({"a":{"b":"text"}})";
        inner = Json::parse(bytes)->find("a");
        bytes.assign(bytes.size(), 'x');
    }
    EXPECT_EQ(inner->text("b"), "text");
}

TEST(Json, OneMayBeAnything) {
    EXPECT_EQ(Json::parse("7")->as_integer(), 7);
    EXPECT_EQ(Json::parse(R"("x")")->as_text(), "x");
    EXPECT_TRUE(Json::parse("[]")->is_array());
    EXPECT_EQ(Json::parse("null")->kind(), Json::Kind::null);
}

TEST(Json, Refuses) {
    const std::pair<std::string, std::string_view> cases[] = {
        {"", reason::json_invalid},
        {"{", reason::json_invalid},
        {"[1,]", reason::json_invalid},
        {"[1 2]", reason::json_invalid},
        {R"({"a":1,})", reason::json_invalid},
        {R"({"a"})", reason::json_invalid},
        {R"({a:1})", reason::json_invalid},
        {"1 2", reason::json_invalid},
        {"]", reason::json_invalid},
        {":", reason::json_invalid},
        {"[}", reason::json_invalid},
        {R"("a)", reason::json_invalid},
        {"\"\xFF\"", reason::utf8_invalid},
        {R"("\ud800")", reason::lone_surrogate},
        {R"("\u0000")", reason::nul_character},
        {"1e999", reason::number_out_of_range},
        {"9007199254740993", reason::number_out_of_range},
        {R"([{"a":1,"\u0061":2}])", reason::duplicate_key},
        {std::string(33, '[') + std::string(33, ']'), reason::depth_exceeded},
        {std::string(100'000, '['), reason::depth_exceeded},
    };
    for (const auto& [text, expected] : cases) {
        const auto json = Json::parse(text);
        ASSERT_FALSE(json) << text.substr(0, 40);
        EXPECT_EQ(json.error().reason, expected) << text.substr(0, 40);
    }
    EXPECT_TRUE(Json::parse(std::string(32, '[') + std::string(32, ']')));
}

TEST(JsonWriter, WritesWhatIsReadBack) {
    JsonWriter json;
    json.object();
    json.key("text").value("\"\\\b\f\n\r\t\x01 é");
    json.key("list").array().value(1).value(-2).value(true).null().value(0.5).end();
    json.key("empty").object().end();
    json.key("k\"ey").array().end();
    json.key("raw").raw(R"({"a":[]})");
    json.key("big").value(std::uint64_t{18'000'000'000'000'000'000U});
    json.end();
    EXPECT_EQ(json.take(), R"({"text":"\"\\\b\f\n\r\t\u0001 é","list":[1,-2,true,null,0.5],)"
                           R"("empty":{},"k\"ey":[],"raw":{"a":[]},"big":18000000000000000000})");
}

TEST(JsonWriter, AppendsToWhatIsThere) {
    std::string out = "head ";
    JsonWriter(out).array().value("a").end();
    EXPECT_EQ(out, R"(head ["a"])");
}

TEST(Canonical, OneSpelling) {
    // RFC 8785, section 3.2.2 and 3.2.3.
    EXPECT_EQ(
        canonical_json(
            R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],)"
            R"("string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})"),
        R"({"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],)"
        R"("string":"€$\u000f\nA'B\"\\\\\"/"})");
    EXPECT_EQ(canonical_json(
                  R"({"\u20ac":"Euro","\r":"CR","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Smile",)"
                  R"("\u0080":"Control","\u00f6":"o"})"),
              "{\"\\r\":\"CR\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"ö\":\"o\",\"€\":\"Euro\","
              "\"😀\":\"Smile\",\"\xEF\xAC\xB3\":\"Dalet\"}");
    EXPECT_EQ(canonical_json(" [ ] "), "[]");
    EXPECT_EQ(canonical_json("{}"), "{}");
}

TEST(Canonical, Numbers) {
    const std::pair<double, const char*> cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1, "-1"},
        {0.1, "0.1"},
        {1e21, "1e+21"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1.5e-7, "1.5e-7"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {-123.456, "-123.456"},
    };
    for (const auto& [number, text] : cases) EXPECT_EQ(canonical_number(number), text);
}

}  // namespace
}  // namespace lifeline::contract
