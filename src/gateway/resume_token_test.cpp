#include "gateway/resume_token.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace lifeline::gateway {

namespace {

const ResumeClaim claim{.session_id = "sess_1",
                        .account_id = "acct_1",
                        .user_id = "usr_ada",
                        .line = {7, 1},
                        .generation = {8, 12},
                        .expires_at = WallTime(Millis(1'771'236'000'000))};

ResumeTokens tokens_of(std::uint8_t key) {
    return ResumeTokens(Secret<Digest>(Digest{key}));
}

}  // namespace

TEST(ResumeToken, SaysWhatItWasMadeOf) {
    const auto read = tokens_of(1).read(tokens_of(1).mint(claim));
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(*read, claim);
}

TEST(ResumeToken, HoldsOnlyAsItWasMinted) {
    const ResumeTokens tokens = tokens_of(1);
    const std::string good = tokens.mint(claim);
    EXPECT_EQ(tokens_of(2).read(good).error().reason, "resume_token_invalid");
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(tokens.read(bad).has_value()) << at;
    }
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(tokens.read(good.substr(0, length)).has_value()) << length;
    EXPECT_FALSE(tokens.read(good + "A").has_value());
    EXPECT_FALSE(tokens.read(good + std::string(2'000, 'A')).has_value());
}

TEST(Generation, ItsTextIsInItsOrderAndReadsBack) {
    const Generation all[] = {{0, 1}, {0, 2}, {0, 10}, {1, 0}, {9, 9'999'999'999}, {10, 1}};
    for (std::size_t i = 0; i < std::size(all); ++i) {
        EXPECT_EQ(Generation::parse(all[i].text()), all[i]);
        if (i > 0) EXPECT_LT(all[i - 1].text(), all[i].text());
    }
    for (const char* no : {"", "-", "1", "1-", "-1", "a-1", "1-b", "1-2-3", " 1-2", "1--2"})
        EXPECT_EQ(Generation::parse(no), std::nullopt) << no;
}

}  // namespace lifeline::gateway
