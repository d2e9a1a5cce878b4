#include "app/boot_number.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <string>

#include "base/check.h"

namespace lifeline::app {
namespace {

class BootNumberTest : public testing::Test {
protected:
    BootNumberTest() {
        std::string name = (std::filesystem::temp_directory_path() / "lifeline-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
    }
    ~BootNumberTest() override { std::filesystem::remove_all(folder_); }

    std::uint64_t start_at(std::int64_t seconds) {
        return next_boot_number(folder_, WallTime(std::chrono::seconds(seconds))).value();
    }
    void leave(const std::string& text) { std::ofstream(folder_ / "boot") << text; }

    std::filesystem::path folder_;
};

TEST_F(BootNumberTest, IsTheTimeAndGrowsWhateverTheClockDoes) {
    EXPECT_EQ(start_at(1'771'236'000), 1'771'236'000u);
    EXPECT_EQ(start_at(1'771'236'000), 1'771'236'001u) << "twice in a second";
    EXPECT_EQ(start_at(1'771'230'000), 1'771'236'002u) << "the clock was set back";
    EXPECT_EQ(start_at(-5), 1'771'236'003u);
    EXPECT_EQ(start_at(1'771'240'000), 1'771'240'000u);
}

TEST_F(BootNumberTest, OfAFolderWithoutItsFileIsMoreThanTokensFromBeforeSay) {
    const auto before = start_at(1'771'236'000);
    for (const char* left : {"", "x", "-1", "99999999999999999999999", "18446744073709551615"}) {
        SCOPED_TRACE(left);
        leave(left);
        EXPECT_EQ(start_at(1'771'236'060), before + 60);
    }
    std::filesystem::remove(folder_ / "boot");
    EXPECT_EQ(start_at(1'771'236'060), before + 60);
}

TEST_F(BootNumberTest, GoesOnFromWhatCountedStarts) {
    leave("57\n");
    EXPECT_EQ(start_at(1'771'236'000), 1'771'236'000u);
}

}  // namespace
}  // namespace lifeline::app
