#include "pricing/window.h"

#include <gtest/gtest.h>

#include "pricing/currency.h"
#include "pricing/test_cards.h"

namespace lifeline::pricing {
namespace {

TEST(Window, IsAnHourOfUtcNamedByItsFirstMinute) {
    const auto window = parse_window("2026-02-16T10:00Z");
    ASSERT_TRUE(window);
    EXPECT_EQ(to_text(*window), "2026-02-16T10:00Z");
    EXPECT_EQ(window_of(at("2026-02-16T10:59:59.999Z")), *window);
    EXPECT_EQ(window_of(at("2026-02-16T11:00:00.000Z")), *window + std::chrono::hours(1));
    for (const char* text : {"2026-02-16T10:30Z", "2026-02-30T10:00Z", "2026-13-01T10:00Z",
                             "2026-02-16T24:00Z", "2026-02-16T10:00", "2026-02-16", ""}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_window(text));
    }
}

TEST(Window, AMonthEndsWithItsLastHourOfUtc) {
    EXPECT_EQ(to_text(month_of(hour("2026-02-28T23:00Z"))), "2026-02");
    EXPECT_EQ(to_text(month_of(hour("2026-03-01T00:00Z"))), "2026-03");
    EXPECT_EQ(to_text(month_of(hour("2028-02-29T12:00Z"))), "2028-02");
    EXPECT_EQ(parse_month("2026-02"), month_of(hour("2026-02-28T23:00Z")));
    for (const char* text : {"2026-00", "2026-13", "2026-2", "2026", "", "2026-02-01"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_month(text));
    }
}

TEST(Currency, HasTheDigitsThatItIsPaidIn) {
    for (const char* code : {"EUR", "USD", "GBP", "CHF", "SEK", "PLN", "INR", "CNY"})
        EXPECT_EQ(minor_digits(code), 2) << code;
    for (const char* code : {"JPY", "KRW", "CLP", "ISK", "XOF"})
        EXPECT_EQ(minor_digits(code), 0) << code;
    for (const char* code : {"KWD", "BHD", "TND", "JOD"}) EXPECT_EQ(minor_digits(code), 3) << code;
    for (const char* code : {"CLF", "UYW"}) EXPECT_EQ(minor_digits(code), 4) << code;
    for (const char* code : {"XXX", "BTC", "eur", "EU", "", "EURO", "D D", "UR "})
        EXPECT_FALSE(minor_digits(code)) << code;
}

}  // namespace
}  // namespace lifeline::pricing
