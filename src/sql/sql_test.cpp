#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>

#include "base/random.h"
#include "sql/database.h"
#include "sql/fault_disk.h"
#include "sql/file.h"

namespace lifeline::sql {

namespace {

class Folder {
public:
    Folder() {
        char name[] = "/tmp/lifeline-sql-XXXXXX";
        path_ = mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

Database made(const std::string& path, const std::string& vfs = {}) {
    auto database = Database::open(path, {.access = Access::create, .vfs = vfs});
    EXPECT_TRUE(database) << database.error().detail;
    EXPECT_TRUE(database->run("create table if not exists t(k integer primary key, v blob)"));
    return std::move(*database);
}

Status insert(Database& database, std::uint64_t key, std::string_view value) {
    auto statement = database.prepare("insert into t values(?, ?)");
    if (!statement) return fail(statement.error());
    return statement->bind(1, key).bind_bytes(2, value).run();
}

std::int64_t count(Database& database) {
    return database.number("select count(*) from t").value_or(-1);
}

}  // namespace

TEST(Database, KeepsWhatWasCommittedAndNothingElse) {
    const Folder folder;
    {
        Database database = made(folder.file("a.db"));
        ASSERT_TRUE(insert(database, 1, "one"));
        auto dropped = Transaction::begin(database, Transaction::Kind::write);
        ASSERT_TRUE(dropped);
        ASSERT_TRUE(insert(database, 2, "two"));
    }
    Database database = made(folder.file("a.db"));
    EXPECT_EQ(count(database), 1);
    auto kept = Transaction::begin(database, Transaction::Kind::write);
    ASSERT_TRUE(insert(database, 2, "two"));
    ASSERT_TRUE(kept->commit());
    EXPECT_EQ(count(database), 2);
}

TEST(Database, SaysWhatWentWrong) {
    const Folder folder;
    EXPECT_EQ(Database::open(folder.file("none.db"), {}).error().reason, "storage_failed");
    Database database = made(folder.file("a.db"));
    ASSERT_TRUE(insert(database, 1, "x"));
    EXPECT_EQ(insert(database, 1, "y").error().reason, "storage_conflict");
    EXPECT_EQ(database.run("selec").error().reason, "storage_error");
    EXPECT_EQ(database.number("select k from t where k = 9").error().code, Code::not_found);

    auto file = File::open(folder.file("b.db"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(0, std::string(8192, 'x')));
    EXPECT_EQ(Database::open(folder.file("b.db"), {.access = Access::write}).error().reason,
              "storage_corrupt");
}

TEST(Database, AReaderCannotWrite) {
    const Folder folder;
    Database writer = made(folder.file("a.db"));
    ASSERT_TRUE(insert(writer, 1, "x"));
    auto reader = Database::open(folder.file("a.db"), {.access = Access::read});
    ASSERT_TRUE(reader);
    EXPECT_FALSE(insert(*reader, 2, "y"));
    EXPECT_EQ(count(*reader), 1);
}

TEST(Database, AFullDiskRefusesAndRecovers) {
    const Folder folder;
    Database database = made(folder.file("a.db"));
    ASSERT_TRUE(database.run("pragma max_page_count=4"));
    const std::string large(20'000, 'x');
    std::uint64_t key = 1;
    Status status;
    while ((status = insert(database, key, large))) ++key;
    EXPECT_EQ(status.error().reason, "storage_unavailable");
    ASSERT_TRUE(database.run("pragma max_page_count=1000"));
    EXPECT_TRUE(insert(database, key, large));
    EXPECT_EQ(count(database), static_cast<std::int64_t>(key));
}

TEST(Database, AKeptStatementBeginsAnewAndIsNobodyElses) {
    const Folder folder;
    std::optional<Database> database = made(folder.file("a.db"));
    for (const std::uint64_t key : {1U, 2U, 3U}) ASSERT_TRUE(insert(*database, key, "v"));
    const auto next = [&](std::int64_t after) {
        auto select = database->kept("select k from t where k>? order by k");
        EXPECT_TRUE(select.has_value());
        select->bind(1, after);
        EXPECT_TRUE(*select->step());
        return *std::move(select);
    };
    EXPECT_EQ(next(1).integer(0), 2);
    // It stands on a row, and the same text is asked in between.
    Statement first = next(0);
    EXPECT_EQ(next(2).integer(0), 3);
    EXPECT_EQ(first.integer(0), 1);
    EXPECT_TRUE(*first.step());
    EXPECT_EQ(first.integer(0), 2);
    // What was bound last time is bound no more: nothing is greater than null.
    auto unbound = database->kept("select k from t where k>? order by k");
    ASSERT_TRUE(unbound);
    EXPECT_FALSE(*unbound->step());
    // One left open neither keeps the log from being emptied, nor the database from going.
    first.reset();
    EXPECT_TRUE(database->checkpoint(Checkpoint::truncate));
    database.reset();
}

TEST(Blob, ReadsPartsAndMovesBetweenRows) {
    const Folder folder;
    Database database = made(folder.file("a.db"));
    ASSERT_TRUE(insert(database, 1, "abcdef"));
    ASSERT_TRUE(insert(database, 2, std::string(50'000, 'z')));
    auto blob = database.open_blob("t", "v", 1);
    ASSERT_TRUE(blob);
    std::string part(3, '\0');
    ASSERT_TRUE(blob->read(2, part));
    EXPECT_EQ(part, "cde");
    EXPECT_EQ(blob->read(4, part).error().code, Code::corrupt);
    ASSERT_TRUE(blob->reopen(2));
    EXPECT_EQ(blob->size(), 50'000u);
    EXPECT_EQ(blob->reopen(3).error().code, Code::not_found);
    EXPECT_EQ(database.open_blob("t", "v", 3).error().code, Code::not_found);
}

TEST(Database, TheLogGrowsUntilACheckpoint) {
    const Folder folder;
    Database database = made(folder.file("a.db"));
    for (std::uint64_t key = 1; key <= 20; ++key)
        ASSERT_TRUE(insert(database, key, std::string(20'000, 'x')));
    EXPECT_GT(database.log_pages(), 20u);
    ASSERT_TRUE(database.checkpoint(Checkpoint::truncate));
    EXPECT_EQ(std::filesystem::file_size(folder.file("a.db-wal")), 0u);
    ASSERT_TRUE(insert(database, 21, "x"));
    EXPECT_LE(database.log_pages(), 4u);
}

TEST(File, WritesReadsAndKnowsItsEnd) {
    const Folder folder;
    EXPECT_EQ(File::open_existing(folder.file("m")).error().code, Code::not_found);
    auto file = File::open(folder.file("m"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(4096, "hello"));
    ASSERT_TRUE(file->sync());
    EXPECT_EQ(file->size().value_or(0), 4101u);
    std::string text(5, '\0');
    ASSERT_TRUE(file->read(4096, text));
    EXPECT_EQ(text, "hello");
    EXPECT_EQ(file->read(4097, text).error().code, Code::corrupt);
    EXPECT_TRUE(File::open_existing(folder.file("m")));
    ASSERT_TRUE(remove_file(folder.file("m")));
    EXPECT_FALSE(file_exists(folder.file("m")).value_or(true));
    EXPECT_TRUE(remove_file(folder.file("m")));
}

TEST(File, TakesANameFromAnother) {
    Folder folder;
    FaultDisk disk(1);
    struct Place {
        std::string from, to, vfs;
    };
    for (const auto& [from, to, vfs] :
         {Place{folder.file("new"), folder.file("old"), ""}, Place{"new", "old", disk.vfs()}}) {
        ASSERT_TRUE(File::open(to, vfs)->write(0, "old bytes"));
        auto file = File::open(from, vfs);
        ASSERT_TRUE(file && file->write(0, "new bytes") && file->sync());
        ASSERT_TRUE(file->move_to(to));
        EXPECT_FALSE(*file_exists(from, vfs));
        std::string bytes(9, ' ');
        ASSERT_TRUE(File::open_existing(to, vfs)->read(0, bytes));
        EXPECT_EQ(bytes, "new bytes");
    }
    disk.cut_power();
    EXPECT_EQ(disk.contents("old"), "new bytes");
    EXPECT_EQ(disk.contents("new"), std::nullopt);
}

TEST(FaultDisk, LosesOnlyWhatWasNotSynced) {
    int lost = 0;
    int kept = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        FaultDisk disk(seed);
        {
            auto file = File::open("m", disk.vfs());
            ASSERT_TRUE(file);
            ASSERT_TRUE(file->write(0, "durable"));
            ASSERT_TRUE(file->sync());
            ASSERT_TRUE(file->write(0, "changed"));
            disk.cut_power();
            EXPECT_FALSE(file->write(0, "x"));  // The handle is of an earlier life.
        }
        const auto content = disk.contents("m");
        ASSERT_TRUE(content);
        if (*content == "durable") ++lost;
        if (*content == "changed") ++kept;
    }
    EXPECT_EQ(lost + kept, 200);
    EXPECT_GT(lost, 20);
    EXPECT_GT(kept, 20);
}

// Runs commits until a power cut at a random place, and looks at what is left. What was
// acknowledged is there; at most the one commit under way is there beside it.
std::uint64_t lost_commits(std::uint64_t seed, Sync sync, bool lie) {
    FaultDisk disk(seed);
    disk.lie_about_sync(lie);
    SeededRandom random(seed);
    const std::uint64_t commits = 1 + random.below(30);
    {
        auto database = Database::open("a.db", {Access::create, sync, 4096, 0, disk.vfs()});
        EXPECT_TRUE(database && database->run("create table t(k integer primary key, v blob)"));
        for (std::uint64_t key = 1; key <= commits; ++key) {
            EXPECT_TRUE(insert(*database, key, std::string(random.below(9000), 'x')));
            if (random.below(8) == 0) EXPECT_TRUE(database->checkpoint(Checkpoint::passive));
        }
        disk.cut_power();
    }
    auto database = Database::open("a.db", {.access = Access::write, .vfs = disk.vfs()});
    if (!database) return commits;
    const auto left = database->number("select count(*) from t");
    return left ? commits - static_cast<std::uint64_t>(*left) : commits;
}

TEST(FaultDisk, FullSyncLosesNothingAndLessIsFoundOut) {
    std::uint64_t full = 0;
    std::uint64_t normal = 0;
    std::uint64_t lying = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        full += lost_commits(seed, Sync::full, false);
        normal += lost_commits(seed, Sync::normal, false);
        lying += lost_commits(seed, Sync::full, true);
    }
    EXPECT_EQ(full, 0u);
    EXPECT_GT(normal, 0u);
    EXPECT_GT(lying, 0u);
}

TEST(FaultDisk, FailsWhatItIsToldTo) {
    FaultDisk disk(1);
    Database database = made("a.db", disk.vfs());
    ASSERT_TRUE(insert(database, 1, "x"));
    disk.fail(FaultDisk::Operation::sync, "a.db-wal", 1);
    EXPECT_TRUE(insert(database, 2, "x"));
    EXPECT_EQ(insert(database, 3, "x").error().reason, "storage_failed");
    disk.fail(FaultDisk::Operation::write, "a.db-wal");
    EXPECT_EQ(insert(database, 4, "x").error().reason, "storage_failed");
    EXPECT_EQ(disk.counters().faults, 2u);
}

TEST(FaultDisk, IsFullAtItsCapacity) {
    FaultDisk disk(1);
    Database database = made("a.db", disk.vfs());
    disk.set_capacity(disk.used_bytes() + 10'000);
    EXPECT_EQ(insert(database, 1, std::string(60'000, 'x')).error().reason, "storage_unavailable");
    EXPECT_EQ(count(database), 0);
    disk.set_capacity(UINT64_MAX);
    EXPECT_TRUE(insert(database, 1, std::string(60'000, 'x')));
}

TEST(FaultDisk, TwoConnectionsShareOneDatabase) {
    FaultDisk disk(1);
    Database writer = made("a.db", disk.vfs());
    auto reader = Database::open("a.db", {.access = Access::read, .vfs = disk.vfs()});
    ASSERT_TRUE(reader) << reader.error().detail;
    ASSERT_TRUE(insert(writer, 1, "x"));
    auto snapshot = Transaction::begin(*reader, Transaction::Kind::read);
    EXPECT_EQ(count(*reader), 1);
    ASSERT_TRUE(insert(writer, 2, "y"));
    EXPECT_EQ(count(*reader), 1);  // Its snapshot is from before.
    ASSERT_TRUE(snapshot->commit());
    EXPECT_EQ(count(*reader), 2);
}

TEST(FaultDisk, AKilledProcessLosesNothing) {
    FaultDisk disk(3);
    {
        auto database = Database::open("a.db", {Access::create, Sync::normal, 4096, 0, disk.vfs()});
        ASSERT_TRUE(database && database->run("create table t(k integer primary key, v blob)"));
        for (std::uint64_t key = 1; key <= 9; ++key) ASSERT_TRUE(insert(*database, key, "x"));
        disk.kill_process();
    }
    Database database = made("a.db", disk.vfs());
    EXPECT_EQ(count(database), 9);
}

}  // namespace lifeline::sql
