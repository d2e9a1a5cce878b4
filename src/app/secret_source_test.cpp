#include "app/secret_source.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace lifeline::app {

TEST(SecretSource, IsTheFirstLineWithoutItsEnd) {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("secret_test." + std::to_string(::getpid())))
            .string();
    struct Case {
        const char* content;
        const char* secret;  // "": refused
    };
    const Case cases[] = {
        {"k", "k"},     {"k\n", "k"}, {"k\r\n", "k"}, {"k\r\nmore", "k"},
        {"k \n", "k "}, {"", ""},     {"\n", ""},     {"\r\n", ""},
    };
    for (const auto& [content, secret] : cases) {
        SCOPED_TRACE(content);
        std::ofstream(path) << content;
        const auto read = read_secret("agents.a", path, "");
        EXPECT_EQ(read ? read->reveal() : "", secret);
        if (!read) EXPECT_TRUE(read.error().detail.starts_with("agents.a.key_file: "));
        ::setenv("LIFELINE_TEST_SECRET", content, 1);
        const auto found = read_secret("agents.a", "", "LIFELINE_TEST_SECRET");
        EXPECT_EQ(found ? found->reveal() : "", secret);
    }
    ::unsetenv("LIFELINE_TEST_SECRET");
    std::filesystem::remove(path);
    EXPECT_FALSE(read_secret("agents.a", path, ""));
    EXPECT_FALSE(read_secret("agents.a", "", "LIFELINE_TEST_SECRET"));
    EXPECT_EQ(read_secret("agents.a", "", "")->reveal(), "");
}

}  // namespace lifeline::app
