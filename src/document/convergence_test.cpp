#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "contract/json.h"
#include "document/patch.h"
#include "document/rebase.h"
#include "document/test_document.h"

// Properties, from seeds: whoever edits what on whichever revision, all see the same.
namespace lifeline::document {

namespace {

constexpr const char* beginning =
    R"({"title":"t","list":[{"k":0},{"k":1},{"k":2}],"object":{"a":{"x":1},"b":2,"0":[1,2]}})";

// Some place in a value, or one that could be.
std::string some_path(const Value& value, Random& random) {
    std::string path;
    const Value* at = &value;
    for (;;) {
        if (at->size() == 0 || random.below(4) == 0) break;
        if (at->is_array()) {
            const auto index = random.below(at->size());
            path += "/" + std::to_string(index);
            at = at->item(index);
        } else {
            static constexpr const char* keys[] = {"title", "list", "object", "a",
                                                   "b",     "0",    "k",      "x"};
            const char* key = keys[random.below(8)];
            if (at->member(key) == nullptr) continue;
            path += std::string("/") + key;
            at = at->member(key);
        }
    }
    return path;
}

std::string some_operation(const Value& value, Random& random, int& fresh) {
    const std::string path = some_path(value, random);
    const std::string to = some_path(value, random);
    const std::string new_value = std::to_string(++fresh + 1000);
    const char* ends[] = {"/-", "/0", "/1", "/new"};
    switch (random.below(6)) {
        case 0:
            return R"({"op":"remove","path":")" + path + "\"}";
        case 1:
            return R"({"op":"replace","path":")" + path + R"(","value":)" + new_value + "}";
        case 2:
            return R"({"op":"move","path":")" + to + R"(","from":")" + path + "\"}";
        case 3:
            return R"({"op":"copy","path":")" + to + ends[random.below(4)] + R"(","from":")" +
                   path + "\"}";
        default:
            return R"({"op":"add","path":")" + path + ends[random.below(4)] + R"(","value":)" +
                   new_value + "}";
    }
}

// A patch that applies to the value as it is.
Patch some_patch(const Value& value, Random& random, int& fresh) {
    for (;;) {
        Value tried = value;
        std::string text = "[";
        const auto operations = 1 + random.below(3);
        for (std::uint64_t i = 0; i < operations; ++i) {
            const std::string one = some_operation(tried, random, fresh);
            const auto read = read_patch(*contract::Json::parse("[" + one + "]"));
            if (!read || !apply_patch(tried, *read)) continue;
            text += (text.size() > 1 ? "," : "") + one;
        }
        const auto read = read_patch(*contract::Json::parse(text + "]"));
        if (read) return *read;
    }
}

// Two that are put in at one place come in the order in which they were decided: but for that
// order, what is in an array.
std::string without_order(const Value& value) {
    if (value.is_array()) {
        std::vector<std::string> items;
        for (std::size_t i = 0; i < value.size(); ++i)
            items.push_back(without_order(*value.item(i)));
        std::ranges::sort(items);
        std::string text = "[";
        for (const auto& item : items) text += item + ",";
        return text + "]";
    }
    if (!value.is_object()) return value.json();
    std::string text = "{";
    const auto parsed = contract::Json::parse(value.json());
    for (const auto& member : parsed->members())
        text += std::string(member.key) + ":" + without_order(*value.member(member.key)) + ",";
    return text + "}";
}

}  // namespace

// A client has the content by applying every event's patch in order; a server that starts, by
// folding the same events.
TEST(Convergence, EveryClientAndEveryReplayHaveTheSameContent) {
    int rebased = 0;
    int crossed = 0;
    for (unsigned seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        int fresh = 0;
        TestDocument document(beginning);
        std::vector<Value> versions{document.state.content};
        for (int i = 0; i < 30; ++i) {
            const auto back = std::min<std::uint64_t>(random.below(5), document.state.rev);
            const std::uint64_t base = document.state.rev - back;
            const Patch patch = some_patch(versions[base], random, fresh);
            const std::string outcome = document.edit(base, patch_json(patch));
            if (outcome == "document.edited") {
                versions.push_back(document.state.content);
                rebased += back > 0 ? 1 : 0;
            } else {
                EXPECT_EQ(outcome, "document.edit.rejected") << patch_json(patch);
                EXPECT_GT(back, 0u) << "nothing has changed since";
                ++crossed;
            }
        }
        Value client = Value::from(*contract::Json::parse(beginning));
        State replayed;
        replayed.id = document.state.id;
        for (const auto& [event, by] : document.events) {
            apply(replayed, event, by);
            if (event.type() != contract::EventType::document_edited) continue;
            const auto json =
                contract::Json::parse(event.raw(contract::field::document_edited::patch));
            ASSERT_TRUE(apply_patch(client, *read_patch(*json)).has_value());
        }
        EXPECT_EQ(client.json(), document.state.content.json());
        EXPECT_EQ(replayed.content, document.state.content);
        EXPECT_EQ(replayed.rev, document.state.rev);
        EXPECT_EQ(replayed.effects, document.state.effects);
    }
    // The property is worth nothing if all were refused, or none.
    EXPECT_GT(rebased, 300);
    EXPECT_GT(crossed, 300);
}

// Of two edits of one revision that do not cross, it is all the same which comes first.
TEST(Convergence, EditsThatDoNotCrossCommute) {
    const Value start = Value::from(*contract::Json::parse(beginning));
    int both = 0;
    for (unsigned seed = 1; seed <= 4000; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        int fresh = 0;
        const Patch one = some_patch(start, random, fresh);
        const Patch two = some_patch(start, random, fresh);
        const auto after = [&](const Patch& first, const Patch& second) -> std::optional<Value> {
            Value content = start;
            const auto effects = apply_patch(content, first);
            Rebase rebase(second);
            if (rebase.over(*effects)) return std::nullopt;
            EXPECT_TRUE(apply_patch(content, rebase.patch()).has_value())
                << patch_json(first) << " then " << patch_json(second) << " as "
                << patch_json(rebase.patch());
            return content;
        };
        const auto a = after(one, two);
        const auto b = after(two, one);
        if (!a || !b) continue;
        ++both;
        EXPECT_EQ(without_order(*a), without_order(*b))
            << patch_json(one) << " and " << patch_json(two);
    }
    EXPECT_GT(both, 400);
}

}  // namespace lifeline::document
