#include "net/utf8.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace lifeline::net {
namespace {

std::string encode(char32_t c) {
    const auto tail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xC0 | (c >> 6)), tail(c)};
    if (c < 0x10000) return {static_cast<char>(0xE0 | (c >> 12)), tail(c >> 6), tail(c)};
    return {static_cast<char>(0xF0 | (c >> 18)), tail(c >> 12), tail(c >> 6), tail(c)};
}

TEST(Utf8, EveryCharacterIsValidAndNothingElseIsOne) {
    for (char32_t c = 0; c <= 0x110000; ++c) {
        const bool is_character = c < 0x110000 && (c < 0xD800 || c > 0xDFFF);
        ASSERT_EQ(is_utf8(encode(c)), is_character) << static_cast<unsigned>(c);
    }
}

// Decodes the slow way, by what RFC 3629 says a sequence means.
bool is_one_character(const std::string& bytes) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const std::size_t length = at(0) < 0x80             ? 1
                               : (at(0) & 0xE0) == 0xC0 ? 2
                               : (at(0) & 0xF0) == 0xE0 ? 3
                               : (at(0) & 0xF8) == 0xF0 ? 4
                                                        : 0;
    if (length != bytes.size()) return false;
    char32_t c = length == 1 ? at(0) : at(0) & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0) != 0x80) return false;
        c = c << 6 | (at(i) & 0x3F);
    }
    return encode(c) == bytes && c < 0x110000 && (c < 0xD800 || c > 0xDFFF);
}

TEST(Utf8, EverySequenceOfTwoAndThreeBytesIsJudgedAsByTheBook) {
    for (unsigned high = 0x80; high < 0x100; ++high) {
        for (unsigned low = 0; low < 0x100; ++low) {
            const std::string two{static_cast<char>(high), static_cast<char>(low)};
            ASSERT_EQ(is_utf8(two), is_one_character(two)) << high << " " << low;
            for (const unsigned third : {0x00u, 0x7Fu, 0x80u, 0xBFu, 0xC0u, 0xFFu}) {
                const std::string three = two + static_cast<char>(third);
                const bool then_ascii = third < 0x80 && is_one_character(two);
                ASSERT_EQ(is_utf8(three), is_one_character(three) || then_ascii)
                    << high << " " << low << " " << third;
            }
        }
    }
}

TEST(Utf8, RefusesTheFirstImpossibleByteWhereverInputIsCut) {
    struct Case {
        const char* name;
        std::string bytes;
        std::size_t impossible;  // Its index.
    };
    const Case cases[] = {
        {"a continuation at the start", "\x80", 0},
        {"overlong slash", "\xC0\xAF", 0},
        {"overlong in three", "\xE0\x9F\x80", 1},
        {"a surrogate", "\xED\xA0\x80", 1},
        {"overlong in four", "\xF0\x8F\xBF\xBF", 1},
        {"above U+10FFFF", "\xF4\x90\x80\x80", 1},
        {"five bytes", "\xF8\x88\x80\x80\x80", 0},
        {"cut short by a letter", "abcdefgh\xE2\x82z", 10},
        {"behind much that is right", std::string(1000, 'a') + "\xC3\xA9\xFF", 1002},
    };
    for (const auto& [name, bytes, impossible] : cases) {
        SCOPED_TRACE(name);
        EXPECT_FALSE(is_utf8(bytes));
        Utf8Validator one_by_one;
        for (std::size_t i = 0; i < impossible; ++i) {
            ASSERT_TRUE(one_by_one.feed(std::string_view(bytes).substr(i, 1))) << i;
        }
        EXPECT_FALSE(one_by_one.feed(std::string_view(bytes).substr(impossible, 1)));
    }
}

TEST(Utf8, CompleteOnlyBetweenCharacters) {
    const std::string face = "\xF0\x9F\x98\x80";
    Utf8Validator validator;
    for (std::size_t i = 0; i < face.size(); ++i) {
        EXPECT_EQ(validator.complete(), i == 0);
        EXPECT_TRUE(validator.feed(std::string_view(face).substr(i, 1)));
    }
    EXPECT_TRUE(validator.complete());
}

}  // namespace
}  // namespace lifeline::net
