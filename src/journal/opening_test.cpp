// What a start takes for a new folder, and what it does not.
#include "journal/opening.h"

#include <gtest/gtest.h>

#include "journal/sql_house.h"

namespace lifeline::journal {

namespace {

// Everything that one life with an event leaves behind.
void write_history(SqlHouse& house) {
    house.seals.rows = 1;
    auto call = house.start();
    ASSERT_TRUE(call) << call.error().detail;
    {
        const auto stream = call->open("sess_1");
        ASSERT_TRUE(call->append(*stream, {draft("evt_1", "a word")}));
    }
    ASSERT_TRUE(house.stop());
    house.disk.kill_process();
}

std::string reason_of(SqlHouse& house) {
    const auto call = house.start();
    return call ? "opened" : call.error().reason;
}

}  // namespace

// Wherever the power goes during the very first start, the next one makes the journal.
TEST(Opening, AFirstStartThatIsCutShortIsBegunAgain) {
    std::uint64_t cuts = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        for (std::uint64_t changes = 0; changes < 60; ++changes) {
            SCOPED_TRACE(testing::Message() << "seed " << seed << ", cut after " << changes);
            SqlHouse house(seed);
            house.disk.cut_power_after(changes);
            (void)house.start();
            house.crash();
            cuts += house.disk.power_cuts();
            house.disk.kill_process();
            house.disk.cut_power_after(UINT64_MAX);
            const auto call = house.start();
            ASSERT_TRUE(call) << call.error().reason << ": " << call.error().detail;
            EXPECT_EQ(house.journal->head_position(), 0u);
            house.crash();
        }
    }
    EXPECT_GT(cuts, 50u);
}

TEST(Opening, ANewFolderIsOneWithoutAnySignOfAJournal) {
    SqlHouse old(1);
    write_history(old);
    const Folder& folder = old.folder;
    struct Case {
        const char* name;
        std::vector<std::string> left;  // Of the old folder's files.
        std::string start;
    };
    const Case cases[] = {
        {"nothing", {}, "opened"},
        {"the key", {folder.key()}, "opened"},
        {"the mark", {folder.key(), folder.mark()}, "journal_missing"},
        {"the seals", {folder.key(), folder.seals()}, "journal_missing"},
        {"the index", {folder.key(), folder.index()}, "journal_missing"},
        {"all but the database",
         {folder.key(), folder.mark(), folder.seals(), folder.index()},
         "journal_missing"},
        {"the database", {folder.database()}, "mark_missing"},
        {"the database and the key", {folder.database(), folder.key()}, "mark_missing"},
        {"the database and the mark", {folder.database(), folder.mark()}, "journal_key_missing"},
    };
    for (const auto& [name, left, start] : cases) {
        SCOPED_TRACE(name);
        SqlHouse house(2);
        for (const auto& path : left) house.disk.set_contents(path, *old.disk.contents(path));
        EXPECT_EQ(reason_of(house), start);
        house.crash();
        if (start == "opened") continue;
        for (const auto& path : house.disk.files())
            if (!house.disk.contents(path)->empty())
                EXPECT_EQ(*house.disk.contents(path), *old.disk.contents(path)) << path;
    }
    SqlHouse house(2);
    house.disk.set_contents(folder.views(), "whatever");
    EXPECT_EQ(reason_of(house), "journal_missing");
}

TEST(Opening, ABlankDatabaseIsNoJournal) {
    SqlHouse old(1);
    write_history(old);
    SqlHouse blank(2);
    {
        auto made = sql::Database::open("data/journal.db",
                                        {.access = sql::Access::create, .vfs = blank.disk.vfs()});
        ASSERT_TRUE(made);
    }
    const std::string bytes = *blank.disk.contents("data/journal.db");
    ASSERT_FALSE(bytes.empty());
    EXPECT_EQ(reason_of(blank), "opened");  // A first start that went no further.
    blank.crash();

    old.disk.remove(old.folder.database() + "-wal");
    old.disk.set_contents(old.folder.database(), bytes);
    EXPECT_EQ(reason_of(old), "journal_missing");
    EXPECT_EQ(*old.disk.contents(old.folder.database()), bytes);
    old.disk.remove(old.folder.mark());
    EXPECT_EQ(reason_of(old), "journal_missing");
}

TEST(Opening, AnUnusedKeyMayBeTornAUsedOneNot) {
    SqlHouse fresh(1);
    fresh.disk.set_contents(fresh.folder.key(), "LLJK");
    EXPECT_EQ(reason_of(fresh), "opened");
    fresh.crash();

    SqlHouse used(1);
    write_history(used);
    used.disk.set_contents(used.folder.key(), "LLJK");
    EXPECT_EQ(reason_of(used), "journal_key_invalid");
    EXPECT_EQ(*used.disk.contents(used.folder.key()), "LLJK");
}

}  // namespace lifeline::journal
