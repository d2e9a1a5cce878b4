#include "app/since.h"

#include <gtest/gtest.h>

namespace lifeline::app {

TEST(Since, IsATimeBeforeNowOrATime) {
    using namespace std::chrono_literals;
    const WallTime now{Millis(1'771'236'000'000)};
    const auto at = [&](std::string_view text) { return read_since(text, now); };
    EXPECT_EQ(at("7d"), now - 168h);
    EXPECT_EQ(at("30m"), now - 30min);
    EXPECT_EQ(at("90s"), now - 90s);
    EXPECT_EQ(at("12h"), now - 12h);
    EXPECT_EQ(at("1w"), now - 168h);
    EXPECT_EQ(at("2026-02-16T10:00:00.000Z"), now);
    for (const char* bad : {"", "d", "7", "7 d", "7days", "-1d", "0d", "1.5h", "+1d", "yesterday",
                            "2026-02-16", "99999999999999999999d", "1000001d"}) {
        SCOPED_TRACE(bad);
        ASSERT_FALSE(at(bad));
        EXPECT_EQ(at(bad).error().reason, "query_invalid");
    }
}

}  // namespace lifeline::app
