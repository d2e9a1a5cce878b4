#include "safety/spoken.h"

#include <gtest/gtest.h>

namespace lifeline::safety {
namespace {

TEST(VoiceWords, OnlyAnExplicitYesIsOne) {
    struct Case {
        const char* text;
        const char* language;
        Spoken said;
    };
    const Case cases[] = {
        {"yes", "en", Spoken::yes},
        {"Yes.", "en", Spoken::yes},
        {"YES, PLEASE!", "en-GB", Spoken::yes},
        {" yes  send it ", "en", Spoken::yes},
        {"No, thanks.", "en", Spoken::no},
        {"yes but to the other address", "en", Spoken::neither},
        {"yes?", "en", Spoken::neither},
        {"yes yes", "en", Spoken::neither},
        {"did I say yes", "en", Spoken::neither},
        {"not yes", "en", Spoken::neither},
        {"yeah", "en", Spoken::neither},
        {"okay", "en", Spoken::neither},
        {"", "en", Spoken::neither},
        {"...", "en", Spoken::neither},
        {"y\u0435s", "en", Spoken::neither},  // a Cyrillic letter
        {"ja", "en", Spoken::neither},
        {"Ja, bitte.", "de-CH", Spoken::yes},
        {"Nein", "de", Spoken::no},
        {"s\u00ec", "it", Spoken::yes},
        {"si", "it", Spoken::neither},
        {"yes", "xx", Spoken::neither},
        {"oui", "", Spoken::yes},  // in whatever language it was
        {"no", "", Spoken::no},
    };
    const VoiceWords words = VoiceWords::standard();
    for (const auto& [text, language, said] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(words.what_was_said(text, language), said);
    }
}

TEST(VoiceWords, WhatMeansBothMeansNeither) {
    VoiceWords words;
    EXPECT_TRUE(words.add("aa", "ne", Spoken::yes));
    EXPECT_TRUE(words.add("bb", "ne", Spoken::no));
    EXPECT_FALSE(words.add("bb", "Ne!", Spoken::yes));
    EXPECT_FALSE(words.add("bb", " . ", Spoken::yes));
    EXPECT_EQ(words.what_was_said("ne", "aa"), Spoken::yes);
    EXPECT_EQ(words.what_was_said("ne", "bb"), Spoken::no);
    EXPECT_EQ(words.what_was_said("ne", ""), Spoken::neither);
}

}  // namespace
}  // namespace lifeline::safety
