#include "document/rebase.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::document {

namespace {

Patch patch_of(std::string_view json) {
    return *read_patch(*contract::Json::parse(json));
}

constexpr std::string_view document =
    R"({"title":"CV","list":[{"n":0,"in":[1]},{"n":1,"in":[]},{"n":2,"in":[]}],)"
    R"("object":{"0":"zero","a":{"b":1}}})";

// The later patch as it is applied after the earlier one, or "crosses".
std::string rebased(std::string_view later, std::string_view earlier) {
    Value content = Value::from(*contract::Json::parse(document));
    const auto effects = apply_patch(content, patch_of(earlier));
    EXPECT_TRUE(effects.has_value());
    Rebase rebase(patch_of(later));
    if (rebase.over(*effects)) return "crosses";
    EXPECT_TRUE(apply_patch(content, rebase.patch()).has_value()) << "it leads nowhere now";
    return patch_json(rebase.patch());
}

std::string op(std::string_view kind, std::string_view path, std::string_view more = "") {
    return R"({"op":")" + std::string(kind) + R"(","path":")" + std::string(path) + '"' +
           std::string(more) + "}";
}
std::string one(std::string_view kind, std::string_view path, std::string_view more = "") {
    return "[" + op(kind, path, more) + "]";
}

constexpr std::string_view v = R"(,"value":9)";

}  // namespace

TEST(Rebase, WhatCrossesAndWhatMoves) {
    struct Case {
        const char* name;
        std::string earlier;
        std::string later;
        std::string result;
    };
    const Case cases[] = {
        {"other members", one("replace", "/title", v), one("add", "/object/c", v),
         one("add", "/object/c", v)},
        {"the same member", one("replace", "/title", v), one("replace", "/title", v), "crosses"},
        {"a new member twice", one("add", "/new", v), one("add", "/new", v), "crosses"},
        {"within what was replaced", one("replace", "/object/a", R"(,"value":{"b":2})"),
         one("replace", "/object/a/b", v), "crosses"},
        {"around what was changed", one("replace", "/object/a/b", v), one("remove", "/object/a"),
         "crosses"},
        {"all of it", one("replace", "/title", v), one("replace", "", R"(,"value":{})"), "crosses"},
        {"after all of it", one("replace", "", std::string(R"(,"value":)") + std::string(document)),
         one("replace", "/title", v), "crosses"},
        {"an item before", one("add", "/list/0", v), one("replace", "/list/1/n", v),
         one("replace", "/list/2/n", v)},
        {"an item behind", one("add", "/list/2", v), one("replace", "/list/1/n", v),
         one("replace", "/list/1/n", v)},
        {"an item gone before", one("remove", "/list/0"), one("replace", "/list/2/n", v),
         one("replace", "/list/1/n", v)},
        {"the item itself gone", one("remove", "/list/1"), one("replace", "/list/1/n", v),
         "crosses"},
        {"gone twice", one("remove", "/list/1"), one("remove", "/list/1"), "crosses"},
        {"put in where one is gone", one("remove", "/list/1"), one("add", "/list/1", v),
         one("add", "/list/1", v)},
        {"put in at the same place: the later one comes behind", one("add", "/list/1", v),
         one("add", "/list/1", v), one("add", "/list/2", v)},
        {"at the end twice", one("add", "/list/-", v), one("add", "/list/-", v),
         one("add", "/list/-", v)},
        {"put in beside what is changed", one("replace", "/list/1/n", v), one("add", "/list/1", v),
         one("add", "/list/1", v)},
        {"put into an item that moved", one("add", "/list/0", v), one("add", "/list/0/in/0", v),
         one("add", "/list/1/in/0", v)},
        {"the list that was put into", one("add", "/list/0", v), one("replace", "/list", v),
         "crosses"},
        {"a key that looks like a position", one("replace", "/object/a/b", v),
         one("replace", "/object/0", v), one("replace", "/object/0", v)},
        {"looked at what was changed", one("replace", "/title", v),
         "[" + op("test", "/title", R"(,"value":"CV")") + "," + op("add", "/x", v) + "]",
         "crosses"},
        {"looked at another", one("replace", "/title", v),
         "[" + op("test", "/list/0/n", R"(,"value":0)") + "," + op("add", "/x", v) + "]",
         "[" + op("test", "/list/0/n", R"(,"value":0)") + "," + op("add", "/x", v) + "]"},
        {"looked at a list that grew", one("add", "/list/-", v),
         "[" + op("copy", "/x", R"(,"from":"/list")") + "]", "crosses"},
        {"moved away", one("move", "/object/z", R"(,"from":"/list/0")"),
         one("replace", "/list/1/n", v), one("replace", "/list/0/n", v)},
        {"moved what moved", one("add", "/list/0", v),
         one("move", "/object/z", R"(,"from":"/list/1")"),
         one("move", "/object/z", R"(,"from":"/list/2")")},
        // The second operation's /list/0 is what was /list/1 before the first.
        {"its own removal counts", one("replace", "/list/1/n", v),
         "[" + op("remove", "/list/0") + "," + op("replace", "/list/0/n", v) + "]", "crosses"},
        {"its own removal counts, elsewhere", one("replace", "/list/0/in/0", v),
         "[" + op("remove", "/list/1") + "," + op("replace", "/list/1/n", v) + "]",
         "[" + op("remove", "/list/1") + "," + op("replace", "/list/1/n", v) + "]"},
        {"what it appended is its own", one("add", "/list/-", v),
         "[" + op("add", "/list/-", R"(,"value":{})") + "," + op("add", "/list/3/k", v) + "]",
         "[" + op("add", "/list/-", R"(,"value":{})") + "," + op("add", "/list/4/k", v) + "]"},
    };
    for (const auto& [name, earlier, later, result] : cases) {
        SCOPED_TRACE(name);
        std::string spelled = rebased(later, earlier);
        if (spelled != "crosses") {
            // Members have an order of their own: compare as values.
            EXPECT_EQ(patch_json(patch_of(result)), spelled);
        } else {
            EXPECT_EQ(spelled, result);
        }
    }
}

}  // namespace lifeline::document
