#include "base/window.h"

#include <gtest/gtest.h>

namespace lifeline {
namespace {

Window hour(std::string_view text) {
    const auto window = parse_window(text);
    EXPECT_TRUE(window) << text;
    return window.value_or(Window{});
}

WallTime at(std::string_view text) {
    const auto time = parse_rfc3339(text);
    EXPECT_TRUE(time) << text;
    return time.value_or(WallTime{});
}

TEST(Window, IsAnHourOfUtcNamedByItsFirstMinute) {
    const auto window = parse_window("2026-02-16T10:00Z");
    ASSERT_TRUE(window);
    EXPECT_EQ(text_of(*window), "2026-02-16T10:00Z");
    EXPECT_EQ(window_of(at("2026-02-16T10:59:59.999Z")), *window);
    EXPECT_EQ(window_of(at("2026-02-16T11:00:00.000Z")), *window + std::chrono::hours(1));
    for (const char* text : {"2026-02-16T10:30Z", "2026-02-30T10:00Z", "2026-13-01T10:00Z",
                             "2026-02-16T24:00Z", "2026-02-16T10:00", "2026-02-16", ""}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_window(text));
    }
}

TEST(Window, AMonthEndsWithItsLastHourOfUtc) {
    EXPECT_EQ(text_of(month_of(hour("2026-02-28T23:00Z"))), "2026-02");
    EXPECT_EQ(text_of(month_of(hour("2026-03-01T00:00Z"))), "2026-03");
    EXPECT_EQ(text_of(month_of(hour("2028-02-29T12:00Z"))), "2028-02");
    EXPECT_EQ(parse_month("2026-02"), month_of(hour("2026-02-28T23:00Z")));
    for (const char* text : {"2026-00", "2026-13", "2026-2", "2026", "", "2026-02-01"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_month(text));
    }
}

}  // namespace
}  // namespace lifeline
