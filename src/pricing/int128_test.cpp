#include "pricing/int128.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace lifeline::pricing {
namespace {

const std::string nines(38, '9');

TEST(Int128, IsWrittenAndReadInOneSpellingOnly) {
    for (const std::string& text : {std::string("0"), std::string("1"), std::string("-1"),
                                    std::string("9223372036854775808"), nines, "-" + nines}) {
        SCOPED_TRACE(text);
        const auto number = parse_int128(text);
        ASSERT_TRUE(number);
        EXPECT_EQ(to_text(*number), text);
    }
    for (const std::string& text :
         {std::string(), std::string("-"), std::string("-0"), std::string("007"), std::string("+1"),
          std::string("1.0"), std::string("1e3"), std::string(" 1"), nines + "9"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_int128(text));
    }
}

TEST(Int128, NeverWraps) {
    const Int128 most = *parse_int128(nines);
    EXPECT_EQ(add(most, 0), most);
    EXPECT_FALSE(add(most, 1));
    EXPECT_FALSE(subtract(-most, 1));
    EXPECT_FALSE(multiply(most, 2));
    EXPECT_FALSE(multiply(most, most));
    EXPECT_FALSE(multiply(most, -most));
    EXPECT_EQ(subtract(most, most), Int128{0});
    EXPECT_EQ(multiply(-most, -1), most);
    EXPECT_EQ(add_bounded(most, 1), most);
    EXPECT_EQ(add_bounded(-most, -most), -most);
    EXPECT_EQ(add_bounded(most, -1), most - 1);
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    EXPECT_FALSE(add_quantity(largest, 1));
    EXPECT_FALSE(add_quantity(-largest, -2));
    EXPECT_EQ(add_quantity(largest, -1), largest - 1);
}

TEST(Int128, CountsWhatSmallNumbersSay) {
    SeededRandom random(1);
    for (int i = 0; i < 2000; ++i) {
        const auto left = static_cast<std::int64_t>(random.next()) / 4;
        const auto right = static_cast<std::int64_t>(random.next()) / 4;
        EXPECT_EQ(add(left, right), Int128{left + right});
        EXPECT_EQ(subtract(left, right), Int128{left - right});
        // (a * b) / b is a: the product had no room to wrap in.
        const auto product = multiply(left, right);
        ASSERT_TRUE(product);
        if (right != 0) EXPECT_EQ(*product / right, Int128{left});
        EXPECT_EQ(parse_int128(to_text(*product)), *product);
    }
}

}  // namespace
}  // namespace lifeline::pricing
