#include "app/statement_file.h"

#include <gtest/gtest.h>

namespace lifeline::app {
namespace {

const std::string row = R"({"window":"2026-02-16T10:00Z","item":"minutes","quantity":"5"})";

TEST(StatementFile, WhatIsReadOfIt) {
    struct Case {
        const char* name;
        std::string bytes;
        std::vector<std::string> rows;
    };
    const std::string priced =
        R"({"window":"2026-02-16T10:00Z","item":"a,\"b\"","quantity":"5","amount":"7","currency":"EUR"})";
    const Case cases[] = {
        {"a CSV", "window,item,quantity\n2026-02-16T10:00Z,minutes,5\n", {row}},
        {"of a spreadsheet",
         "\xEF\xBB\xBFwindow,item,quantity\r\n2026-02-16T10:00Z,minutes,5",
         {row}},
        {"columns in another order, and some of theirs",
         "note,quantity,item,window\n\"x, y\",5,minutes,2026-02-16T10:00Z\n\n",
         {row}},
        {"with amounts and quotes",
         "window,item,quantity,amount,currency\n2026-02-16T10:00Z,\"a,\"\"b\"\"\",5,7,EUR\n",
         {priced}},
        {"what is not given is left out",
         "window,item,quantity,amount\n2026-02-16T10:00Z,minutes,5,\n",
         {row}},
        {"none", "window,item,quantity\n", {}},
        {"JSON", R"([{"item":"minutes"}])", {R"({"item":"minutes"})"}},
        {"JSON of the API", R"({"rows":[{"item":"minutes"}]})", {R"({"item":"minutes"})"}},
    };
    for (const auto& [name, bytes, rows] : cases) {
        SCOPED_TRACE(name);
        const auto read = statement_rows(bytes);
        ASSERT_TRUE(read.has_value()) << read.error().detail;
        EXPECT_EQ(*read, rows);
    }
}

TEST(StatementFile, WhatIsNoneIsRefusedByItsLine) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "line 1: there is no column window"},
        {"window,item\n", "line 1: there is no column quantity"},
        {"window,item,quantity\na,b\n", "line 2: 2 fields, and the first line names 3"},
        {"window,item,quantity\na,b,\"c\n", "line 2: a quote is not closed"},
        {R"({"lines":[]})", R"(not [...], and not {"rows": [...]})"},
    };
    for (const auto& [bytes, what] : cases) {
        SCOPED_TRACE(bytes);
        const auto read = statement_rows(bytes);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().detail, what);
    }
}

}  // namespace
}  // namespace lifeline::app
