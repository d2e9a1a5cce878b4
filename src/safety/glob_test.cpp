#include "safety/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::safety {
namespace {

TEST(Glob, StandsForAllOfAText) {
    struct Case {
        const char* glob;
        const char* text;
        bool then;
    };
    const Case cases[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "anything", true},
        {"send_*", "send_email", true},
        {"send_*", "send_", true},
        {"send_*", "resend_email", false},
        {"*_email", "send_email", true},
        {"*_email", "send_email2", false},
        {"s*d*l", "send_email", true},
        {"s*x*l", "send_email", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"send_email", "Send_email", false},
        {"files.*", "files.read", true},
        {"files.*", "filesXread", false},
        {"**a**", "bab", true},
        {"a*a*b", "aaaaab", true},
        {"[a]", "a", false},
        {"\\*", "*", false},
    };
    for (const auto& [glob, text, then] : cases) {
        SCOPED_TRACE(std::string(glob) + " " + text);
        EXPECT_EQ(glob_matches(glob, text), then);
    }
}

TEST(Glob, TakesNoLongerForHostileTexts) {
    std::string glob;
    for (int i = 0; i < 50; ++i) glob += "*a";
    EXPECT_FALSE(glob_matches(glob + "*b", std::string(10'000, 'a')));
}

}  // namespace
}  // namespace lifeline::safety
