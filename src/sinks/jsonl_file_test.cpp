#include "sinks/jsonl_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace lifeline::sinks {
namespace {

using Outcome = JsonlFile::Outcome;
using Outcomes = std::vector<Outcome>;

class JsonlFileTest : public testing::Test {
protected:
    JsonlFileTest() { std::filesystem::remove(path); }
    ~JsonlFileTest() override { std::filesystem::remove(path); }

    Result<Outcomes> add(JsonlFile& file, const std::vector<std::string_view>& lines) {
        return file.append(lines);
    }
    std::string content() const {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write(std::string_view text) const { std::ofstream(path, std::ios::binary) << text; }

    const std::string path = testing::TempDir() + "charges." +
                             testing::UnitTest::GetInstance()->current_test_info()->name() +
                             ".jsonl";
};

constexpr std::string_view a = R"({"id":"a","n":1})";
constexpr std::string_view b = R"({"id":"b","n":2})";
constexpr std::string_view other_a = R"({"id":"a","n":9})";

TEST_F(JsonlFileTest, HasEachIdOnceAndSaysWhatItHad) {
    JsonlFile file(path);
    EXPECT_EQ(add(file, {a}), Outcomes{Outcome::added});
    EXPECT_EQ(add(file, {b, a}), (Outcomes{Outcome::added, Outcome::present}));
    EXPECT_EQ(add(file, {other_a}), Outcomes{Outcome::other});
    EXPECT_EQ(content(), std::string(a) + "\n" + std::string(b) + "\n");
    struct stat found{};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(JsonlFileTest, KnowsAfterARestartWhatItHad) {
    {
        JsonlFile file(path);
        ASSERT_TRUE(add(file, {a, b}));
    }
    JsonlFile file(path);
    EXPECT_EQ(add(file, {b}), Outcomes{Outcome::present});
    EXPECT_EQ(add(file, {other_a}), Outcomes{Outcome::other});
}

TEST_F(JsonlFileTest, WhereverACrashCutItEachLineIsThereOnceInTheEnd) {
    const std::string whole = std::string(a) + "\n" + std::string(b) + "\n";
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        SCOPED_TRACE(cut);
        write(whole.substr(0, cut));
        JsonlFile file(path);
        const auto added = add(file, {a, b});
        ASSERT_TRUE(added) << added.error().detail;
        EXPECT_EQ(content(), whole);
        EXPECT_EQ((*added)[0] == Outcome::present, cut > a.size());
    }
}

TEST_F(JsonlFileTest, IsReadAgainWhenSomebodyChangedOrMovedIt) {
    JsonlFile file(path);
    ASSERT_TRUE(add(file, {a}));
    write(std::string(a) + "\n" + std::string(b) + "\n");
    EXPECT_EQ(add(file, {b}), Outcomes{Outcome::present});
    std::filesystem::remove(path);
    EXPECT_EQ(add(file, {b}), Outcomes{Outcome::added});
    EXPECT_EQ(content(), std::string(b) + "\n");
}

TEST_F(JsonlFileTest, OfAnotherFileSaysSoAndLeavesItAlone) {
    write("[tools]\nport = 1\n");
    JsonlFile file(path);
    const auto added = add(file, {a});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().reason, "storage_unavailable");
    EXPECT_NE(added.error().detail.find("line 1 is not one of ours"), std::string::npos);
    EXPECT_EQ(content(), "[tools]\nport = 1\n");
    JsonlFile folder(testing::TempDir());
    EXPECT_FALSE(add(folder, {a}));
}

TEST_F(JsonlFileTest, OneIdTwiceInABatchIsNobodysLine) {
    JsonlFile file(path);
    EXPECT_FALSE(add(file, {a, a}));
    EXPECT_EQ(content(), "");
}

}  // namespace
}  // namespace lifeline::sinks
