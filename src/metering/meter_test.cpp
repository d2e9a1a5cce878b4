#include "metering/meter.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/window.h"
#include "contract/json.h"
#include "metering/meters.h"

namespace lifeline::metering {
namespace {

using Mode = Rounding::Mode;

TEST(Rounding, IsWhatItsWordsSay) {
    struct Case {
        std::int64_t quantity;
        Rounding rounding;
        std::int64_t rounded;
    };
    for (const Case& one : std::initializer_list<Case>{
             {0, {60, 60, Mode::up}, 0},
             {1, {60, 0, Mode::up}, 60},
             {60, {60, 0, Mode::up}, 60},
             {61, {60, 0, Mode::up}, 120},
             {1, {1, 0, Mode::up}, 1},
             {1, {60, 0, Mode::down}, 0},
             {119, {60, 0, Mode::down}, 60},
             {29, {60, 0, Mode::nearest}, 0},
             {30, {60, 0, Mode::nearest}, 60},
             {31, {60, 0, Mode::nearest}, 60},
             {3, {7, 0, Mode::nearest}, 0},
             {4, {7, 0, Mode::nearest}, 7},
             {1, {1, 30, Mode::up}, 30},
             {1, {60, 90, Mode::down}, 90},
             {-61, {60, 0, Mode::up}, -120},
             {INT64_MAX, {60, 0, Mode::up}, INT64_MAX},
         })
        EXPECT_EQ(rounded(one.quantity, one.rounding), one.rounded)
            << one.quantity << " by " << one.rounding.increment;
}

TEST(Rounding, PropertyMoreIsNeverLess) {
    SeededRandom random(11);
    for (int i = 0; i < 20'000; ++i) {
        const Rounding rounding{.increment = 1 + static_cast<std::int64_t>(random.below(100)),
                                .minimum = static_cast<std::int64_t>(random.below(300)),
                                .mode = static_cast<Mode>(random.below(3))};
        const auto less = static_cast<std::int64_t>(random.below(1'000)) - 300;
        const auto more = less + static_cast<std::int64_t>(random.below(200));
        ASSERT_LE(rounded(less, rounding), rounded(more, rounding)) << less << " " << more;
    }
}

TEST(Window, IsNamedByItsFirstMinute) {
    const auto time = *parse_rfc3339("2026-02-16T10:59:59.999Z");
    EXPECT_EQ(text_of(window_of(time)), "2026-02-16T10:00Z");
    EXPECT_EQ(parse_window("2026-02-16T10:00Z"), window_of(time));
    for (const char* none : {"", "2026-02-16T10:30Z", "2026-02-16T24:00Z", "2026-02-30T10:00Z",
                             "2026-02-16T10:00", "2026-02-16T10:00:00.000Z"})
        EXPECT_EQ(parse_window(none), std::nullopt) << none;
}

TEST(Meters, SayWhatTheyAreAndAreReadAgain) {
    const Meters meters = Meters::builtin();
    const auto read = Meters::parse(*contract::Json::parse(meters.json()));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, meters);
    EXPECT_EQ(read->sha256(), meters.sha256());
    EXPECT_NE(meters.find("call.duration_ms"), nullptr);
    EXPECT_EQ(meters.find("call.duration"), nullptr);
}

TEST(Meters, RefuseWhatCannotCount) {
    for (const char* bad :
         {R"([{"version":1,"unit":"ms"}])", R"([{"meter":"m","version":1}])",
          R"([{"meter":"m","unit":"ms"}])", R"([{"meter":"m","version":0,"unit":"ms"}])",
          R"([{"meter":"m","version":1,"unit":"ms","increment":"0"}])",
          R"([{"meter":"m","version":1,"unit":"ms","increment":"1.5"}])",
          R"([{"meter":"m","version":1,"unit":"ms","minimum":"-1"}])",
          R"([{"meter":"m","version":1,"unit":"ms","mode":"sideways"}])",
          R"([{"meter":"m","version":1,"unit":"ms"},{"meter":"m","version":2,"unit":"ms"}])"})
        EXPECT_EQ(Meters::parse(*contract::Json::parse(bad)).error().reason, "config_invalid")
            << bad;
}

}  // namespace
}  // namespace lifeline::metering
