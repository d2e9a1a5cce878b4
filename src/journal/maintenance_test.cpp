#include "journal/maintenance.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "journal/test_folders.h"

namespace lifeline::journal {

using Maintenance = FoldersTest;

TEST_F(Maintenance, ABackupIsAJournalOfItsOwn) {
    const auto epoch = append(folder("live"), 20);
    const auto done = backup(folder("live"), folder("copy"));
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->events, 20u);
    EXPECT_EQ(done->epoch, epoch);
    EXPECT_EQ(head(folder("copy")), 20u);
    struct stat info{};
    ASSERT_EQ(::stat(folder("copy").key().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);  // It is in there too.
    const auto again = backup(folder("live"), folder("copy"));
    EXPECT_EQ(again.error().reason, "folder_not_empty");
}

TEST_F(Maintenance, ABackupWorksBesideTheServer) {
    append(folder("live"), 10);
    auto journal = open(folder("live"));
    Caller call(*journal, loop_);
    const auto stream = call.open("sess_1");
    ASSERT_TRUE(call.append(*stream, {draft("evt_more", "x")}));
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    ASSERT_TRUE(call.append(*stream, {draft("evt_after", "x")}));
    EXPECT_EQ(head(folder("copy")), 11u);
    EXPECT_EQ(head(folder("live")), 12u);
}

TEST_F(Maintenance, ADamagedJournalMakesNoBackup) {
    append(folder("live"), 10);
    change(folder("live").database(), "word number evt_4", "word number evt_9");
    const auto done = backup(folder("live"), folder("copy"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().reason, "journal_corrupt");
    // What was begun is no backup.
    EXPECT_EQ(restore(folder("copy"), folder("new"), clock_, random_).error().reason,
              "mark_missing");
}

TEST_F(Maintenance, ARestoreBeginsANewEpochAndRecordsTheLoss) {
    const auto old_epoch = append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    append(folder("live"), 5);
    const auto done = restore(folder("copy"), folder("live"), clock_, random_);
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->old_epoch, old_epoch);
    EXPECT_NE(done->new_epoch, old_epoch);
    EXPECT_EQ(done->events, 10u);
    EXPECT_EQ(done->events_lost, 5u);
    EXPECT_TRUE(fs::exists(done->replaced + "/journal.db"));  // Nothing was destroyed.
    EXPECT_EQ(append(folder("live"), 3), done->new_epoch);
    EXPECT_EQ(head(folder("live")), 13u);
    // A backup of that has both epochs.
    ASSERT_TRUE(backup(folder("live"), folder("second")));
    EXPECT_EQ(head(folder("second")), 13u);
}

TEST_F(Maintenance, ARestoreIntoAnEmptyFolder) {
    append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    const auto done = restore(folder("copy"), folder("new"), clock_, random_);
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->events_lost, 0u);
    EXPECT_TRUE(done->replaced.empty());
    append(folder("new"), 1);
    EXPECT_EQ(head(folder("new")), 11u);
    EXPECT_EQ(head(folder("copy")), 10u);
}

TEST_F(Maintenance, NothingIsDoneToAFolderInUse) {
    append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    const auto journal = open(folder("live"));
    EXPECT_EQ(restore(folder("copy"), folder("live"), clock_, random_).error().reason,
              "folder_in_use");
    EXPECT_EQ(accept_loss(folder("live"), clock_, random_).error().reason, "folder_in_use");
}

TEST_F(Maintenance, ThereMustBeALossToAccept) {
    const auto epoch = append(folder("live"), 10);
    EXPECT_EQ(accept_loss(folder("live"), clock_, random_).error().reason, "nothing_lost");
    EXPECT_EQ(append(folder("live"), 1), epoch);
    EXPECT_EQ(accept_loss(folder("none"), clock_, random_).error().reason, "journal_missing");
    EXPECT_FALSE(fs::exists(folder("none").path));
    fs::create_directory(folder("empty").path);
    EXPECT_EQ(accept_loss(folder("empty"), clock_, random_).error().reason, "journal_missing");
    EXPECT_TRUE(fs::is_empty(folder("empty").path));
}

TEST_F(Maintenance, AnAcceptedLossGoesOnWithWhatIsWhole) {
    struct Case {
        const char* name;
        std::function<void(const Folder&)> damage;
        std::string refusal;
        std::uint64_t left;
        std::uint64_t lost;
    };
    const auto older = [&](const Folder& live) {
        for (const char* suffix : {"", "-wal"}) fs::remove(live.database() + suffix);
        fs::copy_file(folder("older").database(), live.database());
    };
    const Case cases[] = {
        {"a lost tail", older, "journal_tail_lost", 10, 5},
        {"a damaged row",
         [](const Folder& live) {
             change(live.database(), "word number evt_12", "word number evt_13");
         },
         "journal_corrupt", 12, 3},
        {"no mark", [](const Folder& live) { fs::remove(live.mark()); }, "mark_missing", 15, 0},
        {"no key", [](const Folder& live) { fs::remove(live.key()); }, "journal_key_missing", 15,
         0},
        {"no database", [](const Folder& live) { fs::remove(live.database()); }, "journal_missing",
         0, 15},
    };
    append(folder("older"), 10);
    for (const auto& [name, damage, refused, left, lost] : cases) {
        SCOPED_TRACE(name);
        const Folder live = folder("live");
        fs::remove_all(live.path);
        fs::copy(folder("older").path, live.path, fs::copy_options::recursive);
        const auto old_epoch = append(live, 5);
        damage(live);
        ASSERT_EQ(refusal(live), refused);
        const auto done = accept_loss(live, clock_, random_);
        ASSERT_TRUE(done) << done.error().detail;
        EXPECT_NE(done->new_epoch, old_epoch);
        EXPECT_EQ(done->events, left);
        EXPECT_EQ(done->events_lost, lost);
        EXPECT_EQ(head(live), left);
        EXPECT_EQ(append(live, 2), done->new_epoch);
        EXPECT_EQ(head(live), left + 2);
        EXPECT_EQ(accept_loss(live, clock_, random_).error().reason, "nothing_lost");
    }
}

TEST_F(Maintenance, EveryEventCanBeReadFromAFolderAtRest) {
    append(folder("live"), 30);
    std::uint64_t position = 12;
    ASSERT_TRUE(for_each_event(folder("live"), 12, [&](const JournalEvent& each) -> Result<bool> {
        EXPECT_EQ(each.stream, "sess_1");
        EXPECT_EQ(each.event.position, ++position);
        EXPECT_EQ(each.event.bytes, "word number " + each.event.event_id);
        return position < 20;
    }));
    EXPECT_EQ(position, 20u);
}

}  // namespace lifeline::journal
