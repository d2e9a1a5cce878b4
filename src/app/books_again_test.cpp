#include "app/books_again.h"

#include <gtest/gtest.h>

#include "billing/test_house.h"
#include "sql/database.h"

namespace lifeline::app {
namespace {

TEST(BooksAgain, SaysWhatTheJournalOwesWhateverBecameOfTheView) {
    billing::House house;
    house.activate(billing::card("standard", 1, "2026-01-01T00:00Z", billing::minutes));
    house.used("acct_1", billing::first_hour, 900'000);
    house.used("acct_2", billing::first_hour, 60'000);
    house.close(billing::first_hour);
    const auto owed = house.due();
    ASSERT_EQ(owed.size(), 2u);
    house.view.reset();
    {
        auto damaged = sql::Database::open((house.folder / "live.db").string(),
                                           {.access = sql::Access::write});
        ASSERT_TRUE(damaged.has_value());
        ASSERT_TRUE(damaged->run("delete from due"));
    }
    house.open("live.db");
    EXPECT_TRUE(house.due().empty());

    const std::string path = (house.folder / "again.db").string();
    BooksAgain books(house.loop, house.loop, house.journal, path);
    std::vector<BooksAgain::Due> heard;
    const auto ask = [&] {
        books.due([&](const Result<BooksAgain::Due>& due) { heard.push_back(*due); });
    };
    ask();
    ask();
    house.loop.run();
    EXPECT_EQ(heard, (std::vector{owed, owed})) << "one reading, for both";
    EXPECT_FALSE(std::filesystem::exists(path)) << "nothing stays";

    house.append(owed[0].account_id, owed[0].type, owed[0].payload);
    heard.clear();
    ask();
    house.loop.run();
    EXPECT_EQ(heard, (std::vector<BooksAgain::Due>{{owed[1]}})) << "what is written is not owed";
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace lifeline::app
