#include "agent/spend.h"

#include <gtest/gtest.h>

#include <limits>

namespace lifeline::agent {

namespace {

using namespace std::chrono_literals;

constexpr WallTime noon{Millis(1'771'243'200'000)};

Ledger::Record record(std::string id, Amount amount, WallTime at = noon, std::string user = "ada",
                      std::string session = "sess_1") {
    return {std::move(id), std::move(session), std::move(user), at, amount};
}

}  // namespace

TEST(Spend, CostsAreWholeAndRoundedUp) {
    struct Case {
        const char* name;
        Usage usage;
        Prices prices;
        Amount amount;
    };
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const Case cases[] = {
        {"nothing is nothing", {.input_tokens = 0, .output_tokens = 0}, {1, 1, 1}, {0, 0}},
        {"a fraction is one", {.input_tokens = 1, .output_tokens = 0}, {1, 1, 1}, {1, 1}},
        {"cached ones cost less",
         {.input_tokens = 100, .cached_tokens = 40, .output_tokens = 20},
         {1'000'000'000, 100'000'000, 2'000'000'000},
         {120, 60'000 + 4'000 + 40'000}},
        {"more cached than there are",
         {.input_tokens = 10, .cached_tokens = 99},
         {0, 1'000'000, 0},
         {10, 10}},
        {"what is not known is guessed", {}, {0, 0, 1'000'000}, {7, 7}},
        {"never more than an integer",
         {.input_tokens = most},
         {most, 0, 0},
         {most, most / 1'000'000 + 1}},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name);
        EXPECT_EQ(amount_of(one.usage, one.prices, 7), one.amount);
    }
}

TEST(Spend, EachRecordCountsOnce) {
    Ledger ledger;
    EXPECT_TRUE(ledger.add(record("a", {10, 100})));
    EXPECT_FALSE(ledger.add(record("a", {10, 100})));
    EXPECT_TRUE(ledger.add(record("b", {1, 1})));
    EXPECT_EQ(ledger.of_call("sess_1"), (Amount{11, 101}));
    EXPECT_EQ(ledger.of_user("ada", noon), (Amount{11, 101}));
    EXPECT_EQ(ledger.of_day(noon), (Amount{11, 101}));
}

TEST(Spend, ADayEndsAtMidnightAndACallDoesNot) {
    Ledger ledger;
    ledger.add(record("a", {10, 0}, noon));
    ledger.add(record("old", {5, 0}, noon - 24h));
    EXPECT_EQ(ledger.of_day(noon), (Amount{10, 0}));
    EXPECT_EQ(ledger.of_user("ada", noon + 24h), (Amount{}));
    EXPECT_EQ(ledger.of_call("sess_1"), (Amount{15, 0}));
    ledger.add(record("b", {1, 0}, noon + 24h));
    EXPECT_EQ(ledger.of_day(noon + 24h), (Amount{1, 0}));
}

TEST(Spend, CapsAreHeldFromTheSmallestToTheLargest) {
    Ledger ledger;
    ledger.add(record("a", {50, 500}));
    ledger.add(record("b", {50, 500}, noon, "bob", "sess_2"));
    const auto quota = [&](const Caps& caps, Amount turn = {}) {
        const auto denied = ledger.denied(caps, turn, "sess_1", "ada", noon);
        return denied ? denied->quota : std::string();
    };
    const Caps none{{}, {}, {}, {}};
    EXPECT_EQ(quota(none, {1'000'000, 1}), "");
    EXPECT_EQ(quota({}), "");
    EXPECT_EQ(quota({.turn = {.tokens = 5}, .call = {}, .user_day = {}, .day = {}}, {5, 0}),
              "agent.turn.tokens");
    EXPECT_EQ(quota({.turn = {}, .call = {.nano = 500}, .user_day = {}, .day = {}}),
              "agent.call.cost");
    EXPECT_EQ(quota({.turn = {}, .call = {}, .user_day = {.tokens = 50}, .day = {.tokens = 1}}),
              "agent.user_day.tokens");
    EXPECT_EQ(quota({.turn = {}, .call = {}, .user_day = {.tokens = 51}, .day = {.tokens = 100}}),
              "agent.day.tokens");
    const auto denied = ledger.denied(
        {.turn = {}, .call = {}, .user_day = {.tokens = 50}, .day = {}}, {}, "sess_1", "ada", noon);
    EXPECT_EQ(denied->retry_at, noon + 12h);
    EXPECT_EQ(denied->current, 50);
}

}  // namespace lifeline::agent
