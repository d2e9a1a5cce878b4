#include "pricing/currency.h"

#include <gtest/gtest.h>

namespace lifeline::pricing {
namespace {

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
