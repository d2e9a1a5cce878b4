#include "archive/line_reader.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace lifeline::archive {
namespace {

struct Read {
    std::vector<std::string> lines;
    bool ended = false;
    bool too_long = false;
};

Read read(const std::string& text) {
    std::istringstream in(text);
    LineReader reader(in);
    Read read;
    for (std::string line; reader.next(line);) read.lines.push_back(line);
    EXPECT_EQ(reader.number(), read.lines.size());
    read.ended = reader.ended();
    read.too_long = reader.too_long();
    return read;
}

TEST(LineReader, ReadsLinesOfAnyBytes) {
    using Lines = std::vector<std::string>;
    EXPECT_EQ(read("").lines, Lines{});
    EXPECT_EQ(read("a\n\nb\n").lines, (Lines{"a", "", "b"}));
    EXPECT_TRUE(read("a\n").ended);
    EXPECT_EQ(read("a\nb").lines, (Lines{"a", "b"}));
    EXPECT_FALSE(read("a\nb").ended);
    const std::string zero("x\0y", 3);
    EXPECT_EQ(read(zero + "\n").lines, Lines{zero});
}

// Also at the edges of the pieces in which it is read.
TEST(LineReader, ReadsLinesOfAnyLength) {
    for (const std::size_t size : {65'533U, 65'534U, 65'535U, 65'536U, 131'070U, 200'000U}) {
        const std::string line(size, 'x');
        EXPECT_EQ(read(line + "\n" + line).lines, (std::vector{line, line})) << size;
        EXPECT_EQ(read(line + "\n").lines, std::vector{line}) << size;
    }
}

TEST(LineReader, EndsAtALineThatIsTooLong) {
    const std::string longest(line_bytes_max, 'x');
    EXPECT_EQ(read(longest + "\nb\n").lines.size(), 2U);
    const Read found = read("a\n" + longest + "x\nb\n");
    EXPECT_EQ(found.lines, std::vector<std::string>{"a"});
    EXPECT_TRUE(found.too_long);

    std::istringstream in("a\n" + longest + "x");
    LineReader reader(in);
    std::string line;
    while (reader.next(line)) continue;
    EXPECT_TRUE(reader.why().starts_with("line 2 is longer than 64 MiB")) << reader.why();
}

}  // namespace
}  // namespace lifeline::archive
