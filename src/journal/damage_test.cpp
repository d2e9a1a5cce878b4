// Files that are not what was written: what each kind of damage is called, and that none of it ever
// passes for history.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>

#include "journal/journal_file.h"
#include "journal/maintenance.h"
#include "journal/sql_house.h"
#include "journal/verify.h"

namespace lifeline::journal {

namespace {

bool tells_what_to_do(const std::string& detail) {
    return detail.find("restore a backup") != std::string::npos ||
           detail.find("put it back") != std::string::npos ||
           detail.find("use the newer binary") != std::string::npos;
}

// A journal with some history, at rest, and its files to play with.
class Damage : public testing::Test {
protected:
    Damage() { write_history(house_, 25); }

    static void write_history(SqlHouse& house, int rounds) {
        auto call = house.start();
        ASSERT_TRUE(call) << call.error().detail;
        const auto first = call->open("sess_first");
        const auto second = call->open("sess_second");
        for (int i = 0; i < rounds; ++i) {
            const std::string id = "evt_" + std::to_string(first->head());
            first->append(first->head(), {draft(id, "the first stream's words")}, [](auto) {});
            second->append(second->head(),
                           {draft(id, "the second's"), draft(id + "b", std::string(200, 'b'))},
                           [](auto) {});
            house.loop.run();
        }
    }
    std::string reason_to_refuse() {
        house_.crash();
        const auto call = house_.start();
        if (call) return "opened";
        EXPECT_TRUE(tells_what_to_do(call.error().detail)) << call.error().detail;
        return call.error().reason;
    }
    std::string verify_reason() {
        const auto report = verify(house_.folder);
        if (!report) return report.error().reason;
        return report->ok() ? "whole" : report->problems.front().reason;
    }
    std::map<std::string, std::string> files() {
        std::map<std::string, std::string> out;
        for (const auto& file : house_.disk.files())
            if (auto bytes = *house_.disk.contents(file); !bytes.empty()) out[file] = bytes;
        return out;  // An empty file is as good as none.
    }
    void put_back(const std::map<std::string, std::string>& files) {
        house_.disk.kill_process();
        for (const auto& file : house_.disk.files()) house_.disk.remove(file);
        for (const auto& [path, bytes] : files) house_.disk.set_contents(path, bytes);
    }
    void rest() {
        ASSERT_TRUE(house_.stop());
        house_.disk.kill_process();
    }

    SqlHouse house_{1};
};

}  // namespace

TEST_F(Damage, NoneAtAll) {
    EXPECT_EQ(verify_reason(), "whole");  // Also beside the running journal.
    const auto report = verify(house_.folder);
    EXPECT_EQ(report->events, 75u);
    EXPECT_EQ(report->streams, 2u);
    EXPECT_EQ(report->head, 75u);
    EXPECT_EQ(report->marked, 75u);
    EXPECT_EQ(report->epoch, house_.journal->epoch());
    EXPECT_EQ(reason_to_refuse(), "opened");
}

TEST_F(Damage, HasAName) {
    const std::string database = house_.folder.database();
    const std::string mark = house_.folder.mark();
    const auto early = files();
    write_history(house_, 5);
    rest();
    const auto whole = files();

    SqlHouse stranger(2);
    write_history(stranger, 30);
    ASSERT_TRUE(stranger.stop());
    {
        auto index = sql::Database::open(
            stranger.folder.index(), {.access = sql::Access::write, .vfs = stranger.disk.vfs()});
        ASSERT_TRUE(index && index->checkpoint(sql::Checkpoint::truncate));
    }

    auto replace_text = [&](const std::string& path, const std::string& from,
                            const std::string& to) {
        std::string bytes = *house_.disk.contents(path);
        const auto at = bytes.find(from);
        ASSERT_NE(at, std::string::npos);
        house_.disk.set_contents(path, bytes.replace(at, from.size(), to));
    };
    auto run_sql = [&](const std::string& sql) {
        auto opened = sql::Database::open(
            database, {sql::Access::write, sql::Sync::full, 16384, 0, house_.disk.vfs()});
        ASSERT_TRUE(opened && opened->run(sql) && opened->checkpoint(sql::Checkpoint::truncate));
    };
    auto put_index = [&](const std::string& bytes) {
        house_.disk.remove(house_.folder.index() + "-wal");
        house_.disk.set_contents(house_.folder.index(), bytes);
    };
    struct Case {
        const char* name;
        std::function<void()> damage;
        std::string start;   // What the start says,
        std::string verify;  // and what verify says.
    };
    const Case cases[] = {
        {"a changed word",
         [&] { replace_text(database, "the first stream's words", "the first stream's swords"); },
         "storage_corrupt", "storage_corrupt"},
        {"a changed letter",
         [&] { replace_text(database, "the first stream's words", "the first stream's lords"); },
         "journal_corrupt", "journal_corrupt"},
        {"a row removed", [&] { run_sql("delete from journal_row where first_position = 7"); },
         "journal_corrupt", "journal_corrupt"},
        {"the last row removed",
         [&] { run_sql("delete from journal_row where first_position > 80"); }, "journal_tail_lost",
         "journal_tail_lost"},
        {"all rows removed", [&] { run_sql("delete from journal_row"); }, "journal_tail_lost",
         "journal_tail_lost"},
        {"two rows swapped",
         [&] {
             run_sql(
                 "update journal_row set first_position = -1 where first_position = 4;"
                 "update journal_row set first_position = 4 where first_position = 7;"
                 "update journal_row set first_position = 7 where first_position = -1");
         },
         "journal_corrupt", "journal_corrupt"},
        {"a hash changed",
         [&] { run_sql("update journal_row set hash = zeroblob(32) where first_position = 7"); },
         "journal_corrupt", "journal_corrupt"},
        {"the last hash changed",
         [&] {
             run_sql(
                 "update journal_row set hash = zeroblob(32) where first_position ="
                 " (select max(first_position) from journal_row)");
         },
         "journal_differs", "journal_differs"},
        {"the epoch changed",
         [&] { run_sql("update journal_epoch set record = cast(record as blob) || x'00'"); },
         "journal_corrupt", "journal_corrupt"},
        {"another epoch", [&] { run_sql("update journal_epoch set record = zeroblob(89)"); },
         "journal_differs", "journal_differs"},
        {"an older copy of the database",
         [&] {
             house_.disk.set_contents(database, early.at(database));
             house_.disk.set_contents(database + "-wal", early.at(database + "-wal"));
         },
         "journal_tail_lost", "journal_tail_lost"},
        {"an older copy of the mark", [&] { house_.disk.set_contents(mark, early.at(mark)); },
         "opened", "whole"},  // More is there than it vouches for: that is every crash.
        {"another folder's database",
         [&] { house_.disk.set_contents(database, *stranger.disk.contents(database)); },
         "journal_differs", "journal_differs"},
        {"another folder's mark",
         [&] { house_.disk.set_contents(mark, *stranger.disk.contents(mark)); }, "mark_corrupt",
         "mark_corrupt"},
        {"another folder's key",
         [&] {
             house_.disk.set_contents(house_.folder.key(),
                                      *stranger.disk.contents(house_.folder.key()));
         },
         "mark_corrupt", "mark_corrupt"},
        {"no database", [&] { house_.disk.remove(database); }, "journal_missing",
         "journal_missing"},
        {"no mark", [&] { house_.disk.remove(mark); }, "mark_missing", "mark_missing"},
        {"no key", [&] { house_.disk.remove(house_.folder.key()); }, "journal_key_missing",
         "journal_key_missing"},
        {"a mark cut short", [&] { house_.disk.set_contents(mark, whole.at(mark).substr(0, 50)); },
         "mark_corrupt", "mark_corrupt"},
        {"a database cut short",
         [&] { house_.disk.set_contents(database, whole.at(database).substr(0, 16384)); },
         "storage_corrupt", "storage_corrupt"},
        {"a database of another program", [&] { run_sql("pragma application_id = 1"); },
         "journal_corrupt", "journal_corrupt"},
        {"a newer format", [&] { run_sql("pragma user_version = 99"); }, "format_newer",
         "format_newer"},
        {"no database at all", [&] { house_.disk.set_contents(database, std::string(9999, 'x')); },
         "storage_corrupt", "storage_corrupt"},
        {"a damaged index", [&] { put_index(std::string(9999, 'x')); }, "opened", "index_corrupt"},
        {"no index", [&] { house_.disk.remove(house_.folder.index()); }, "opened", "whole"},
        {"another folder's index",
         [&] { put_index(*stranger.disk.contents(stranger.folder.index())); }, "opened",
         "index_corrupt"},
    };
    for (const auto& [name, damage, start, verified] : cases) {
        SCOPED_TRACE(name);
        put_back(whole);
        damage();
        const auto damaged = files();
        EXPECT_EQ(verify_reason(), verified);
        EXPECT_EQ(reason_to_refuse(), start);
        if (start == "opened") continue;
        // A refused start has changed nothing, so what is put right opens again.
        EXPECT_EQ(files(), damaged);
        house_.disk.kill_process();
        for (const auto& [path, bytes] : damaged)
            if (!whole.contains(path)) house_.disk.remove(path);
        for (const auto& [path, bytes] : whole)
            if (!damaged.contains(path) || damaged.at(path) != bytes)
                house_.disk.set_contents(path, bytes);
        EXPECT_EQ(reason_to_refuse(), "opened");
    }
}

// One flipped bit anywhere in the files that count: the start refuses with a code, or everything is
// exactly as it was (the bit did not matter). Nothing in between.
TEST_F(Damage, AFlippedBitIsRefusedOrHarmless) {
    Caller before(*house_.journal, house_.loop);
    const auto expected = before.read_all(0, {1000, 1 << 20});
    ASSERT_TRUE(expected && expected->size() == 75);
    rest();
    const auto whole = files();
    SeededRandom random(9);
    int refused = 0;
    int harmless = 0;
    for (const std::string& file :
         {house_.folder.database(), house_.folder.mark(), house_.folder.key()}) {
        const std::uint64_t bits = whole.at(file).size() * 8;
        for (int i = 0; i < (file == house_.folder.database() ? 1200 : 150); ++i) {
            put_back(whole);
            const std::uint64_t bit = random.below(bits);
            SCOPED_TRACE(testing::Message() << file << " bit " << bit);
            house_.disk.flip_bit(file, bit);
            auto call = house_.start();
            if (!call) {
                ++refused;
                EXPECT_FALSE(call.error().reason.empty());
                continue;
            }
            ++harmless;
            const auto all = call->read_all(0, {1000, 1 << 20});
            ASSERT_TRUE(all);
            ASSERT_EQ(all->size(), expected->size());
            for (std::size_t k = 0; k < all->size(); ++k) {
                ASSERT_EQ((*all)[k].stream, (*expected)[k].stream);
                ASSERT_EQ((*all)[k].event, (*expected)[k].event);
            }
            house_.crash();
        }
    }
    EXPECT_GT(refused, 200);
    EXPECT_GT(harmless, 200);  // Free space in pages, the unused half of the mark.
}

// While the server runs, a bit flips under it: the read that meets it fails, and says so.
TEST_F(Damage, AReadNeverServesAFlippedBit) {
    rest();
    auto call = house_.start();
    ASSERT_TRUE(call);
    const std::string database = house_.folder.database();
    std::string bytes = *house_.disk.contents(database);
    const auto at = bytes.find("the first stream's words");
    ASSERT_NE(at, std::string::npos);
    house_.disk.flip_bit(database, (at + 4) * 8);
    const auto read = call->read("sess_first", 0);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::corrupt);
    EXPECT_EQ(read.error().reason, "journal_corrupt");
    ASSERT_FALSE(house_.corrupt.empty());
    EXPECT_TRUE(call->read("sess_second", 0));  // What is whole is still served.
    EXPECT_FALSE(call->read_all(0));
}

}  // namespace lifeline::journal
