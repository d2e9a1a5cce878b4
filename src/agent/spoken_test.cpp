#include "agent/spoken.h"

#include <gtest/gtest.h>

namespace lifeline::agent {

TEST(Spoken, WhatWasHeardEndsWithAWord) {
    struct Case {
        const char* name;
        const char* shown;
        std::optional<Millis> played;
        const char* channel;
        const char* heard;
    };
    const Case cases[] = {
        {"nobody says what was played", "One two three", {}, "voice", "One two three"},
        {"nothing was", "One two three", Millis(0), "voice", ""},
        {"half a word is none", "One two three", Millis(600), "voice", "One two"},
        {"all of it", "One two three", Millis(60'000), "voice", "One two three"},
        {"what is read is read", "One two three", Millis(0), "text", "One two three"},
        {"characters, not bytes", "\xC3\xA4\xC3\xB6\xC3\xBC \xC3\xA4 x", Millis(400), "voice",
         "\xC3\xA4\xC3\xB6\xC3\xBC \xC3\xA4"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        EXPECT_EQ(heard_of(one.shown, one.played, one.channel), one.heard);
    }
}

TEST(Spoken, ShowsWholeCharactersOnly) {
    EXPECT_EQ(whole_characters("ab"), "ab");
    EXPECT_EQ(whole_characters("a\xC3"), "a");
    EXPECT_EQ(whole_characters("a\xE2\x82"), "a");
    EXPECT_EQ(whole_characters("a\xE2\x82\xAC"), "a\xE2\x82\xAC");
    EXPECT_EQ(whole_characters("\xF0\x9F\x98"), "");
    EXPECT_EQ(characters_in("a\xE2\x82\xAC"), 2U);
}

}  // namespace lifeline::agent
