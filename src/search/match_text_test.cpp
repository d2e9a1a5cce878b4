#include "search/match_text.h"

#include <gtest/gtest.h>

namespace lifeline::search {

TEST(MatchText, IsWordsAndNothingElse) {
    struct Case {
        const char* typed;
        const char* match;
    };
    const Case cases[] = {
        {"hello", R"("hello")"},
        {"  hello\t world ", R"("hello" "world")"},
        {R"("the recruiter" mail)", R"("the recruiter" "mail")"},
        {"inter*", R"("inter" *)"},
        {"inter***", R"("inter" *)"},
        {"AND OR NOT NEAR(a, 2)", R"x("AND" "OR" "NOT" "NEAR(a," "2)")x"},
        {"text:secret", R"("text:secret")"},
        {"-minus ^first {a b}", R"("-minus" "^first" "{a" "b}")"},
        {"what ? ! -", R"("what")"},
        {"größe", R"("größe")"},
        {"a\"b\nc\"d", R"("a" "b c" "d")"},
    };
    for (const auto& [typed, match] : cases) {
        const auto made = match_text(typed);
        ASSERT_TRUE(made.has_value()) << typed;
        EXPECT_EQ(*made, match) << typed;
    }
}

TEST(MatchText, SaysWhyItIsNone) {
    for (const std::string& typed :
         {std::string(), std::string("  "), std::string("?!"), std::string("\"open"),
          std::string("*"), std::string(typed_bytes_max + 1, 'a'), std::string("\"\"")}) {
        const auto made = match_text(typed);
        ASSERT_FALSE(made.has_value()) << typed;
        EXPECT_EQ(made.error().reason, "query_invalid");
        EXPECT_EQ(made.error().pointer, "/q");
    }
    std::string many;
    for (std::size_t i = 0; i <= typed_words_max; ++i) many += "w ";
    EXPECT_FALSE(match_text(many).has_value());
}

}  // namespace lifeline::search
