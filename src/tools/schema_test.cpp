#include "tools/schema.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "contract/json.h"

namespace lifeline::tools {
namespace {

Result<void> check(std::string_view schema, std::string_view value) {
    const auto compiled = Schema::compile(schema);
    EXPECT_TRUE(compiled) << compiled.error().pointer << " " << compiled.error().detail;
    const auto json = contract::Json::parse(value);
    EXPECT_TRUE(json) << value;
    if (!compiled || !json) return fail(Code::internal, "internal");
    return compiled->check(*json);
}

// `then`: where the fault is; "ok" when there is none.
struct Case {
    const char* schema;
    const char* value;
    const char* then;
};

void hold(std::span<const Case> cases) {
    for (const auto& [schema, value, then] : cases) {
        SCOPED_TRACE(std::string(schema) + "  over  " + value);
        const auto checked = check(schema, value);
        EXPECT_EQ(checked ? "ok" : checked.error().pointer, then);
        if (checked) continue;
        EXPECT_EQ(checked.error().reason, "args_invalid");
        EXPECT_FALSE(checked.error().detail.empty());
    }
}

TEST(Schema, SingleValues) {
    const Case cases[] = {
        {"true", "{}", "ok"},
        {"false", "{}", ""},
        {"{}", "[1]", "ok"},
        {R"({"type":"object"})", "{}", "ok"},
        {R"({"type":"object"})", "[]", ""},
        {R"({"type":"integer"})", "1", "ok"},
        {R"({"type":"integer"})", "1.0", "ok"},
        {R"({"type":"integer"})", "1.5", ""},
        {R"({"type":"number"})", "1", "ok"},
        {R"({"type":"number"})", "\"1\"", ""},
        {R"({"type":["string","null"]})", "null", "ok"},
        {R"({"type":["string","null"]})", "true", ""},
        {R"({"type":"boolean"})", "0", ""},
        {R"({"enum":["a",1,{"b":[2]},null]})", R"({"b":[2.0]})", "ok"},
        {R"({"enum":["a",1,{"b":[2]},null]})", "null", "ok"},
        {R"({"enum":["a",1]})", "\"A\"", ""},
        {R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1})", "ok"},
        {R"({"const":false})", "0", ""},
        {R"({"minimum":1,"maximum":3})", "1", "ok"},
        {R"({"minimum":1})", "0.999", ""},
        {R"({"maximum":3})", "3.001", ""},
        {R"({"exclusiveMinimum":1})", "1", ""},
        {R"({"exclusiveMaximum":3})", "3", ""},
        {R"({"minimum":1,"exclusiveMinimum":true})", "1", ""},  // draft 4
        {R"({"exclusiveMaximum":true,"maximum":3})", "3", ""},
        {R"({"maximum":3,"exclusiveMaximum":false})", "3", "ok"},
        {R"({"minimum":10})", "\"text\"", "ok"},  // says nothing of texts
        {R"({"multipleOf":0.01})", "19.99", "ok"},
        {R"({"multipleOf":0.01})", "19.999", ""},
        {R"({"multipleOf":3})", "-9", "ok"},
        {R"({"multipleOf":3})", "10", ""},
        {R"({"minLength":2,"maxLength":3})", "\"\u00e4\u00f6\"", "ok"},
        {R"({"minLength":3})", "\"\u00e4\u00f6\"", ""},
        {R"({"maxLength":1})", "\"\\ud83d\\ude00\"", "ok"},  // one character of four bytes
        {R"({"pattern":"^[a-z]+$"})", "\"abc\"", "ok"},
        {R"({"pattern":"^[a-z]+$"})", "\"abC\"", ""},
        {R"({"pattern":"^[a-z]+$"})", "7", "ok"},
    };
    hold(cases);
}

TEST(Schema, ObjectsAndLists) {
    const char* person = R"({"type":"object","properties":{"to":{"type":"string"},
        "copies":{"type":"array","items":{"type":"string"}}},"required":["to"],
        "additionalProperties":false})";
    const Case cases[] = {
        {person, R"({"to":"a"})", "ok"},
        {person, R"({})", "/to"},
        {person, R"({"to":1})", "/to"},
        {person, R"({"to":"a","too":"b"})", "/too"},
        {person, R"({"to":"a","copies":["b",1]})", "/copies/1"},
        {R"({"additionalProperties":{"type":"integer"},"properties":{"a":true}})",
         R"({"a":"x","b":1})", "ok"},
        {R"({"additionalProperties":{"type":"integer"}})", R"({"b/c":"1"})", "/b~1c"},
        {R"({"patternProperties":{"^x_":{"type":"integer"}},"additionalProperties":false})",
         R"({"x_a":1})", "ok"},
        {R"({"patternProperties":{"^x_":{"type":"integer"}},"additionalProperties":false})",
         R"({"y":1})", "/y"},
        {R"({"patternProperties":{"^x_":{"type":"integer"}}})", R"({"x_a":"1"})", "/x_a"},
        {R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})", "/abc"},
        {R"({"minProperties":1})", "{}", ""},
        {R"({"maxProperties":1})", R"({"a":1,"b":1})", ""},
        {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", "/b"},
        {R"({"dependentRequired":{"a":["b"]}})", R"({"c":1})", "ok"},
        {R"({"dependencies":{"a":["b"]}})", R"({"a":1})", "/b"},
        {R"({"dependentSchemas":{"a":{"required":["c"]}}})", R"({"a":1})", "/c"},
        {R"({"dependencies":{"a":{"required":["c"]}}})", R"({"a":1})", "/c"},
        {R"({"items":{"type":"string"}})", R"(["a",1])", "/1"},
        {R"({"prefixItems":[{"type":"string"}],"items":{"type":"integer"}})", R"(["a",1,2])", "ok"},
        {R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a",1])", "/1"},
        {R"({"items":[{"type":"string"}],"additionalItems":false})", R"(["a",1])", "/1"},
        {R"({"additionalItems":false,"items":[{"type":"string"}]})", R"(["a"])", "ok"},
        {R"({"additionalItems":false})", R"(["a"])", "ok"},  // beside no list it says nothing
        {R"({"minItems":1})", "[]", ""},
        {R"({"maxItems":1})", "[1,2]", ""},
        {R"({"uniqueItems":true})", R"([1,"1",true])", "ok"},
        {R"({"uniqueItems":true})", R"([{"a":1,"b":2},3,{"b":2,"a":1}])", "/2"},
        {R"({"contains":{"const":1}})", "[2,1]", "ok"},
        {R"({"contains":{"const":1}})", "[2]", ""},
        {R"({"contains":{"const":1},"minContains":0})", "[2]", "ok"},
        {R"({"contains":{"const":1},"maxContains":1})", "[1,1]", ""},
    };
    hold(cases);
}

TEST(Schema, Combinations) {
    const char* tree = R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object",
        "properties":{"children":{"type":"array","items":{"$ref":"#/$defs/node"}}},
        "required":["name"]}}})";
    const Case cases[] = {
        {R"({"allOf":[{"required":["a"]},{"required":["b"]}]})", R"({"a":1})", "/b"},
        {R"({"anyOf":[{"type":"string"},{"type":"integer"}]})", "1", "ok"},
        {R"({"anyOf":[{"type":"string"},{"type":"integer"}]})", "1.5", ""},
        {R"({"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},
                      {"required":["b","c"]}]})",
         R"({"a":1})", "/a"},
        {R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "0", "ok"},
        {R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "2", ""},
        {R"({"oneOf":[{"type":"string"},{"type":"null"}]})", "2", ""},
        {R"({"not":{"type":"string"}})", "2", "ok"},
        {R"({"not":{"type":"string"}})", "\"2\"", ""},
        {R"({"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}})",
         R"({"a":1})", "/b"},
        {R"({"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}})", "{}",
         "/c"},
        {R"({"if":{"required":["a"]}})", R"({"a":1})", "ok"},
        {tree, R"({"name":"a","children":[{"name":"b","children":[]}]})", "ok"},
        {tree, R"({"name":"a","children":[{"name":"b","children":[{}]}]})",
         "/children/0/children/0/name"},
        {R"({"properties":{"a":{"$ref":"#/definitions/x%20y~1z"}},
             "definitions":{"x y/z":{"type":"null"}}})",
         R"({"a":1})", "/a"},
        {R"({"properties":{"a":{"$ref":"#"}},"additionalProperties":false})", R"({"a":{"b":1}})",
         "/a/b"},
        {R"({"$ref":"#/$defs/a","minimum":5,"$defs":{"a":{"type":"integer"}}})", "4", ""},
    };
    hold(cases);
}

// What servers of the Model Context Protocol hand over.
TEST(Schema, PassesOverWhatAsksForNothing) {
    const char* schema = R"({"$schema":"https://json-schema.org/draft/2020-12/schema",
        "$id":"https://example.com/x","$comment":"c","title":"t","description":"d",
        "default":{},"examples":[1],"deprecated":true,"readOnly":true,"x-order":1,
        "format":"email","$defs":{"unused":{"pattern":"(?=x)y"}
}
, "unevaluatedProperties" : true, "contentEncoding" : "base64", "type" : "object", "properties" : {
    "a" : {"type" : "string", "format" : "date"}
}
})";
    EXPECT_TRUE(check(schema, R"({"a":"text"})"));
    EXPECT_FALSE(check(schema, R"({"a":1})"));
}

TEST(Schema, RefusesWhatItCannotHoldAnyoneTo) {
    struct Broken {
        const char* schema;
        const char* pointer;
    };
    const Broken cases[] = {
        {"", ""},
        {"7", ""},
        {"[]", ""},
        {R"({"type":"any"})", "/type"},
        {R"({"type":[]})", "/type"},
        {R"({"type":{"a":1}})", "/type"},
        {R"({"properties":{"a":{"type":"strin"}}})", "/properties/a/type"},
        {R"({"properties":{"a/b":7}})", "/properties/a~1b"},
        {R"({"properties":[]})", "/properties"},
        {R"({"required":true})", "/required"},
        {R"({"required":[1]})", "/required"},
        {R"({"enum":"a"})", "/enum"},
        {R"({"minimum":"1"})", "/minimum"},
        {R"({"minLength":-1})", "/minLength"},
        {R"({"maxItems":1.5})", "/maxItems"},
        {R"({"multipleOf":0})", "/multipleOf"},
        {R"({"pattern":"(?=a)b"})", "/pattern"},
        {R"({"patternProperties":{"[":true}})", "/patternProperties"},
        {R"({"anyOf":[]})", "/anyOf"},
        {R"({"allOf":[7]})", "/allOf/0"},
        {R"({"uniqueItems":1})", "/uniqueItems"},
        {R"({"dependentRequired":{"a":"b"}})", "/dependentRequired/a"},
        {R"({"items":7})", "/items"},
        {R"({"$ref":"https://example.com/schema"})", "/$ref"},
        {R"({"$ref":"#anchor"})", "/$ref"},
        {R"({"$ref":"#/$defs/none"})", "/$ref"},
        {R"({"$ref":7})", "/$ref"},
        {R"({"$ref":"#"})", ""},
        {R"({"anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"not":{"$ref":"#"}}}})", ""},
        {R"({"unevaluatedProperties":false})", "/unevaluatedProperties"},
        {R"({"items":{"$dynamicRef":"#x"}})", "/items/$dynamicRef"},
        {R"({"a":1,"a":2})", ""},
    };
    for (const auto& [schema, pointer] : cases) {
        SCOPED_TRACE(schema);
        const auto compiled = Schema::compile(schema);
        ASSERT_FALSE(compiled);
        EXPECT_EQ(compiled.error().reason, "schema_invalid");
        EXPECT_EQ(compiled.error().pointer, pointer);
        EXPECT_FALSE(compiled.error().detail.empty());
    }
    EXPECT_FALSE(Schema::compile(R"({"title":")" + std::string(schema_bytes_max, 'x') + "\"}"));
    std::string deep = "true";
    for (int i = 0; i < 40; ++i) deep = R"({"not":)" + deep + "}";
    EXPECT_FALSE(Schema::compile(deep));
}

std::string repeated(std::string_view text, int count, std::string_view between) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        if (i > 0) out += between;
        out += text;
    }
    return out;
}

TEST(Schema, NothingTakesLongAndWhatWouldIsRefused) {
    // Every level asks both alternatives, which ask the next level: 2^30 ways.
    const std::string doubling =
        R"({"$defs":{"a":{"type":"array","items":{"oneOf":[{"$ref":"#/$defs/a"},
        {"$ref":"#/$defs/a"}]}}},"$ref":"#/$defs/a"})";
    const std::string nested = std::string(30, '[') + std::string(30, ']');
    // Refused in the opposite sense, it must not turn into a yes.
    const std::string negated =
        R"({"$defs":{"a":{"type":"array","items":{"oneOf":[{"$ref":"#/$defs/a"},
        {"$ref":"#/$defs/a"}]}}},"not":{"$ref":"#/$defs/a"}})";
    // A chain of references that is longer than the stack should be deep.
    std::string chain = R"({"$ref":"#/$defs/0","$defs":{)";
    for (int i = 0; i < 1'000; ++i)
        chain +=
            '"' + std::to_string(i) + R"(":{"$ref":"#/$defs/)" + std::to_string(i + 1) + "\"},";
    chain += R"("1000":{}}})";
    const std::string numbers = "[" + repeated("1", 20'000, ",") + "]";
    const std::string many = R"({"items":{"enum":[)" + repeated("[0,1]", 5'000, ",") + "]}}";

    for (const auto& [schema, value] :
         {std::pair(doubling, nested), {negated, nested}, {chain, "1"}, {many, numbers}}) {
        SCOPED_TRACE(schema.substr(0, 60));
        const auto checked = check(schema, value);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().reason, "args_invalid");
    }
    EXPECT_TRUE(check(R"({"items":{"type":"integer"}})", numbers));
}

TEST(Schema, SaysWhatAModelHasToChange) {
    struct Said {
        const char* schema;
        const char* value;
        const char* then;
    };
    const Said cases[] = {
        {R"({"type":"string"})", "1", "must be a string, is an integer"},
        {R"({"type":["string","null"]})", "[]", "must be a string or null, is a list"},
        {R"({"enum":["a","b"]})", "1", R"(must be one of "a", "b")"},
        {R"({"const":"a"})", "1", R"(must be "a")"},
        {R"({"minimum":1})", "0", "must be at least 1"},
        {R"({"maxItems":1})", "[1,2]", "must have at most 1 items, has 2"},
        {R"({"required":["a"]})", "{}", "is required"},
        {R"({"properties":{"to":{},"text":{}},"additionalProperties":false})", R"({"x":1})",
         "is not known; there are text, to"},
        {R"({"anyOf":[{"type":"string"},{"minimum":5}]})", "1",
         "must be a string, is an integer (the nearest of 2 alternatives)"},
    };
    for (const auto& [schema, value, then] : cases) {
        SCOPED_TRACE(schema);
        const auto checked = check(schema, value);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().detail, then);
    }
    const auto checked = check(R"({"enum":[")" + repeated("\u00e4", 500, "") + R"("]})", "1");
    ASSERT_FALSE(checked);
    EXPECT_LT(checked.error().detail.size(), 330U);
}

}  // namespace
}  // namespace lifeline::tools
