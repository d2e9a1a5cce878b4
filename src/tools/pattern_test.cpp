#include "tools/pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::tools {
namespace {

bool found(std::string_view pattern, std::string_view text) {
    const auto compiled = Pattern::compile(pattern);
    EXPECT_TRUE(compiled) << pattern;
    Budget budget;
    return compiled && compiled->found_in(text, budget);
}

TEST(Pattern, IsFoundWhereAnyoneWouldFindIt) {
    struct Case {
        const char* pattern;
        const char* text;
        bool then;
    };
    const Case cases[] = {
        {"", "", true},
        {"", "abc", true},
        {"b", "abc", true},  // anywhere
        {"^b", "abc", false},
        {"b$", "abc", false},
        {"^abc$", "abc", true},
        {"^$", "", true},
        {"^$", "a", false},
        {"a.c", "abc", true},
        {"a.c", "a\nc", false},
        {"^a*$", "aaaa", true},
        {"^a+$", "", false},
        {"^a?b$", "b", true},
        {"^a?b$", "aab", false},
        {"^(a|bc)+$", "abcbca", true},
        {"^(a|bc)+$", "abcb", false},
        {"^(?:ab){2}$", "abab", true},
        {"^(?:ab){2}$", "ab", false},
        {"^a{2,3}$", "aaaa", false},
        {"^a{2,3}$", "aaa", true},
        {"^a{2,}$", "aaaaaa", true},
        {"^a{0}b$", "b", true},
        {"^a{0}b$", "ab", false},
        {"^a{,2}$", "a{,2}", true},  // no repetition, as ECMA-262 has it
        {"^a*?b$", "aab", true},
        {"^(|a)b$", "ab", true},
        {"^(|a)b$", "b", true},
        {"^(a*)*$", "aaa", true},
        {"^(a*)*$", "aab", false},
        {"^(?<year>[0-9]{4})$", "2026", true},
        {"[abc]", "xbx", true},
        {"^[^abc]$", "b", false},
        {"^[^abc]$", "d", true},
        {"^[a-c]$", "b", true},
        {"^[a-c]$", "-", false},
        {"^[a-]$", "-", true},
        {"^[-a]$", "-", true},
        {"^[\\d-x]$", "-", true},
        {"^[\\]]$", "]", true},
        {"^[]$", "a", false},  // nothing
        {"^[^]$", "a", true},  // anything
        {"^\\d\\D\\w\\W\\s\\S$", "1a_- x", true},
        {"^\\d$", "\xD9\xA1", false},  // an Arabic one is no \d
        {"^.$", "\xF0\x9F\x98\x80", true},
        {"^[\xC3\xA4-\xC3\xBC]$", "\xC3\xB6", true},
        {"^\\u00f6$", "\xC3\xB6", true},
        {"^\\u{1F600}$", "\xF0\x9F\x98\x80", true},
        {"^\\uD83D\\uDE00$", "\xF0\x9F\x98\x80", true},
        {"^\\x41\\t$", "A\t", true},
        {"\\bcat\\b", "a cat sat", true},
        {"\\bcat\\b", "concatenate", false},
        {"\\Bcat\\B", "concatenate", true},
        {"^\\$\\.\\/\\-$", "$./-", true},
        {"^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$", "ana.b+c@example.com", true},
        {"^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$", "ana at example.com", false},
        {"a|b|c", "c", true},
        {"^(a|b|)$", "", true},
    };
    for (const auto& [pattern, text, then] : cases) {
        SCOPED_TRACE(std::string(pattern) + "  in  " + text);
        EXPECT_EQ(found(pattern, text), then);
    }
}

TEST(Pattern, RefusesWhatItCannotMatchOrRead) {
    for (const char* pattern : {"(",
                                ")",
                                "(a",
                                "a)",
                                "[a",
                                "[b-a]",
                                "[\\d-\\w]x[",
                                "*",
                                "+a",
                                "a**",
                                "a{3,2}",
                                "\\",
                                "(?=a)",
                                "(?!a)",
                                "(?<=a)",
                                "(?<!a)",
                                "(a)\\1",
                                "\\k<a>",
                                "\\p{L}",
                                "\\cA",
                                "\\u12",
                                "\\xZZ",
                                "\\u{110000}",
                                "(?<a",
                                "a{1001}",
                                "(a{1000}){1000}",
                                "((){1000}){1000}",
                                "(((((){1000}){1000}){1000}){1000}){1000}"}) {
        SCOPED_TRACE(pattern);
        const auto compiled = Pattern::compile(pattern);
        ASSERT_FALSE(compiled);
        EXPECT_EQ(compiled.error().reason, "schema_invalid");
        EXPECT_FALSE(compiled.error().detail.empty());
    }
    EXPECT_FALSE(Pattern::compile(std::string(pattern_bytes_max + 1, 'a')));
    EXPECT_FALSE(Pattern::compile(std::string(500, '(') + std::string(500, ')')));
    EXPECT_FALSE(Pattern::compile("[\xC3"));  // Cut within a character.
}

// A matcher that backtracks would not end before the sun does.
TEST(Pattern, HostileOnesCostNoMoreThanOthers) {
    const std::string text = std::string(5'000, 'a') + "!";
    for (const char* pattern :
         {"^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^([a-zA-Z]+)*$", "(.*)*x", "^(a*)*(a*)*(a*)*$"}) {
        SCOPED_TRACE(pattern);
        const auto compiled = Pattern::compile(pattern);
        ASSERT_TRUE(compiled);
        Budget budget;
        EXPECT_FALSE(compiled->found_in(text, budget));
        EXPECT_FALSE(budget.spent());
    }
    Budget small{.steps = 100};
    EXPECT_FALSE(Pattern::compile("a$")->found_in(std::string(1'000, 'a'), small));
    EXPECT_TRUE(small.spent());
}

}  // namespace
}  // namespace lifeline::tools
