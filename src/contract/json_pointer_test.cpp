#include "contract/json_pointer.h"

#include <gtest/gtest.h>

#include "contract/canonical.h"

namespace lifeline::contract {
namespace {

TEST(JsonPointer, LeadsToWhatItNames) {
    const auto json = Json::parse(R"({"a":{"b/c":[10,{"~":"tilde"}]},"":1,"0":"zero"})");
    ASSERT_TRUE(json);
    struct Case {
        const char* pointer;
        const char* then;  // null: nothing is there
    };
    const Case cases[] = {
        {"/a/b~1c/0", "10"},
        {"/a/b~1c/1/~0", "\"tilde\""},
        {"/", "1"},
        {"/0", "\"zero\""},
        {"/a/b~1c", R"([10,{"~":"tilde"}])"},
        {"/a/b~1c/2", nullptr},
        {"/a/b~1c/01", nullptr},
        {"/a/b~1c/-", nullptr},
        {"/a/b~1c/ 0", nullptr},
        {"/a/b~1c/-0", nullptr},
        {"/a/b~1c/99999999999999999999", nullptr},
        {"/a/b/c", nullptr},
        {"a", nullptr},
        {"/a~", nullptr},
        {"/a~2", nullptr},
        {"/0/0", nullptr},
    };
    for (const auto& [pointer, then] : cases) {
        SCOPED_TRACE(pointer);
        const auto found = find_at(*json, pointer);
        ASSERT_EQ(found.has_value(), then != nullptr);
        if (found) EXPECT_EQ(canonical_json(*found), then);
    }
    EXPECT_EQ(find_at(*json, "")->members().size(), 3U);
}

TEST(JsonPointer, AStepIsReadAsItWasWritten) {
    for (const char* key : {"", "plain", "a/b", "a~b", "~1", "/", "ä€"})
        EXPECT_EQ(pointer_steps(pointer_step(key)), std::vector<std::string>{key});
}

}  // namespace
}  // namespace lifeline::contract
