#include "document/patch.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::document {

namespace {

Value value_of(std::string_view json) {
    return Value::from(*contract::Json::parse(json));
}

// The document after the patch, or "reason pointer".
std::string patched(std::string_view document, std::string_view patch) {
    Value content = value_of(document);
    const auto json = contract::Json::parse(patch);
    if (!json) return json.error().reason;
    const auto read = read_patch(*json);
    if (!read) return read.error().reason + " " + read.error().pointer;
    const auto applied = apply_patch(content, *read);
    if (!applied) {
        EXPECT_EQ(content, value_of(document)) << "half of it was applied";
        return applied.error().reason + " " + applied.error().pointer;
    }
    EXPECT_EQ(content.bytes(), content.json().size());
    EXPECT_EQ(*read, *read_patch(*contract::Json::parse(patch_json(*read))));
    return content.json();
}

}  // namespace

bool operator==(const Operation& a, const Operation& b) {
    return a.kind == b.kind && a.path == b.path && a.from == b.from && a.value == b.value;
}

// RFC 6902, appendix A, in its order.
TEST(Patch, TheExamplesOfItsStandard) {
    struct Case {
        const char* name;
        const char* document;
        const char* patch;
        const char* result;
    };
    const Case cases[] = {
        {"A.1 add a member", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])",
         R"({"baz":"qux","foo":"bar"})"},
        {"A.2 add an item", R"({"foo":["bar","baz"]})",
         R"([{"op":"add","path":"/foo/1","value":"qux"}])", R"({"foo":["bar","qux","baz"]})"},
        {"A.3 remove a member", R"({"baz":"qux","foo":"bar"})",
         R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
        {"A.4 remove an item", R"({"foo":["bar","qux","baz"]})",
         R"([{"op":"remove","path":"/foo/1"}])", R"({"foo":["bar","baz"]})"},
        {"A.5 replace", R"({"baz":"qux","foo":"bar"})",
         R"([{"op":"replace","path":"/baz","value":"boo"}])", R"({"baz":"boo","foo":"bar"})"},
        {"A.6 move a member", R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
         R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
         R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
        {"A.7 move an item", R"({"foo":["all","grass","cows","eat"]})",
         R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
         R"({"foo":["all","cows","eat","grass"]})"},
        {"A.8 tests that hold", R"({"baz":"qux","foo":["a",2,"c"]})",
         R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
         R"({"baz":"qux","foo":["a",2,"c"]})"},
        {"A.9 a test that does not", R"({"baz":"qux"})",
         R"([{"op":"test","path":"/baz","value":"bar"}])", "patch_failed /0"},
        {"A.10 add an object", R"({"foo":"bar"})",
         R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])",
         R"({"child":{"grandchild":{}},"foo":"bar"})"},
        {"A.11 what it does not know is ignored", R"({"foo":"bar"})",
         R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])", R"({"baz":"qux","foo":"bar"})"},
        {"A.12 add to what is not there", R"({"foo":"bar"})",
         R"([{"op":"add","path":"/baz/bat","value":"qux"}])", "patch_failed /0"},
        {"A.13 two words for what to do", R"({"foo":"bar"})",
         R"([{"op":"add","path":"/baz","value":"qux","op":"remove"}])", "duplicate_key"},
        {"A.14 escapes", R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])",
         R"({"/":9,"~1":10})"},
        {"A.15 a number is no text", R"({"/":9,"~1":10})",
         R"([{"op":"test","path":"/~01","value":"10"}])", "patch_failed /0"},
        {"A.16 add a list at the end", R"({"foo":["bar"]})",
         R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
         R"({"foo":["bar",["abc","def"]]})"},
    };
    for (const auto& [name, document, patch, result] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(patched(document, patch), result);
    }
}

TEST(Patch, WhatElseItMayAndMayNot) {
    struct Case {
        const char* name;
        const char* patch;
        const char* result;
    };
    constexpr const char* document = R"({"a":{"b":[1,2]},"n":1.0})";
    const Case cases[] = {
        {"all of it", R"([{"op":"replace","path":"","value":{"x":null}}])", R"({"x":null})"},
        {"all of it is an object", R"([{"op":"replace","path":"","value":[]}])", "patch_failed /0"},
        {"all of it stays", R"([{"op":"remove","path":""}])", "patch_failed /0"},
        {"at the end", R"([{"op":"add","path":"/a/b/2","value":3}])",
         R"({"a":{"b":[1,2,3]},"n":1})"},
        {"behind the end", R"([{"op":"add","path":"/a/b/3","value":3}])", "patch_failed /0"},
        {"no position", R"([{"op":"add","path":"/a/b/01","value":3}])", "patch_failed /0"},
        {"no such position", R"([{"op":"replace","path":"/a/b/-","value":3}])", "patch_failed /0"},
        {"a member that is new", R"([{"op":"replace","path":"/a/c","value":3}])",
         "patch_failed /0"},
        {"into a number", R"([{"op":"add","path":"/n/x","value":3}])", "patch_failed /0"},
        {"a copy stands for itself",
         R"([{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":3}])",
         R"({"a":{"b":[1,2]},"c":{"b":[1,2,3]},"n":1})"},
        {"into itself", R"([{"op":"move","from":"/a","path":"/a/b/0"}])", "patch_invalid /0/from"},
        {"to where it is", R"([{"op":"move","from":"/a","path":"/a"}])",
         R"({"a":{"b":[1,2]},"n":1})"},
        {"equal numbers", R"([{"op":"test","path":"/n","value":1}])", R"({"a":{"b":[1,2]},"n":1})"},
        {"equal objects", R"([{"op":"test","path":"","value":{"n":1,"a":{"b":[1,2]}}}])",
         R"({"a":{"b":[1,2]},"n":1})"},
        {"the first is undone when the second fails",
         R"([{"op":"remove","path":"/n"},{"op":"remove","path":"/n"}])", "patch_failed /1"},
        {"nothing to do", "[]", "patch_invalid "},
        {"no list", "{}", "patch_invalid "},
        {"no operation", R"([{"op":"swap","path":"/a"}])", "patch_invalid /0/op"},
        {"no path", R"([{"op":"remove"}])", "patch_invalid /0/path"},
        {"no pointer", R"([{"op":"remove","path":"a"}])", "patch_invalid /0/path"},
        {"no value", R"([{"op":"add","path":"/x"}])", "patch_invalid /0/value"},
        {"no source", R"([{"op":"copy","path":"/x"}])", "patch_invalid /0/from"},
    };
    for (const auto& [name, patch, result] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(patched(document, patch), result);
    }
}

// Each step doubles it: it is stopped before it fills the memory.
TEST(Patch, HasALimitForWhatItLeadsTo) {
    std::string doubling = "[";
    for (int i = 0; i < 200; ++i)
        doubling += std::string(i == 0 ? "" : ",") + R"({"op":"copy","from":"","path":"/x)" +
                    std::to_string(i) + "\"}";
    EXPECT_TRUE(
        patched(R"({"text":"0123456789"})", doubling + "]").starts_with("document_too_large /"));
    std::string deeper = "[";
    for (int i = 0; i < 40; ++i)
        deeper += std::string(i == 0 ? "" : ",") + R"({"op":"copy","from":"","path":"/x"})";
    EXPECT_EQ(patched("{}", deeper + "]"), "depth_exceeded ");
}

TEST(Value, CopiesAreIndependentAndKnowTheirSize) {
    Value first = value_of(R"({"list":[{"k":"v"},[]],"é\n":"\u0001"})");
    EXPECT_EQ(first.bytes(), first.json().size());
    Value second = first;
    second.with_member("list", [](Value& list) {
        return list.with_item(0, [](Value& item) {
            item.set_member("k", Value::scalar("12"));
            return true;
        });
    });
    EXPECT_EQ(first.json(), value_of(R"({"list":[{"k":"v"},[]],"é\n":"\u0001"})").json());
    EXPECT_EQ(second.json(), value_of(R"({"list":[{"k":12},[]],"é\n":"\u0001"})").json());
    EXPECT_EQ(second.bytes(), second.json().size());
    EXPECT_FALSE(first == second);
}

}  // namespace lifeline::document
