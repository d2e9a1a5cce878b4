#include <gtest/gtest.h>

#include <string>

#include "call/args_hash.h"

namespace lifeline::call {

TEST(ArgsHash, IsOfTheseArgumentsOfThisAction) {
    const auto one = args_hash("a", "send", "{}");
    EXPECT_EQ(one.size(), 64U);
    EXPECT_NE(one, args_hash("b", "send", "{}"));
    EXPECT_NE(one, args_hash("a", "note", "{}"));
    EXPECT_NE(one, args_hash("a", "send", R"({"x":1})"));
    EXPECT_NE(args_hash("ab", "c", "{}"), args_hash("a", "bc", "{}"));
}

}  // namespace lifeline::call
