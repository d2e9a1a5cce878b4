// What a restore or an accepted loss leaves when it cannot be done, or is cut short.
#include "journal/staging.h"

#include <gtest/gtest.h>

#include "journal/maintenance.h"
#include "journal/test_folders.h"

namespace lifeline::journal {

using StagingTest = FoldersTest;

TEST_F(StagingTest, ARestoreThatCannotBeDoneChangesNothing) {
    append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    const auto epoch = append(folder("live"), 5);
    const auto before = files(folder("live"));
    struct Case {
        const char* name;
        std::function<void()> damage;
        std::string reason;
    };
    const Case cases[] = {
        {"a damaged record",
         [&] { change(folder("bad").database(), "word number evt_4", "word number evt_9"); },
         "journal_corrupt"},
        {"a database that is none",
         [&] { std::ofstream(folder("bad").database()) << std::string(9999, 'x'); },
         "storage_corrupt"},
        {"a torn tail", [&] { fs::resize_file(folder("bad").database(), 16384); },
         "storage_corrupt"},
        {"no database", [&] { fs::remove(folder("bad").database()); }, "storage_failed"},
        {"no mark", [&] { fs::remove(folder("bad").mark()); }, "mark_missing"},
        {"no key", [&] { fs::remove(folder("bad").key()); }, "mark_missing"},
    };
    for (const auto& [name, damage, reason] : cases) {
        SCOPED_TRACE(name);
        fs::remove_all(folder("bad").path);
        fs::copy(folder("copy").path, folder("bad").path, fs::copy_options::recursive);
        damage();
        const auto done = restore(folder("bad"), folder("live"), clock_, random_);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().reason, reason) << done.error().detail;
        EXPECT_EQ(files(folder("live")), before);
    }
    EXPECT_EQ(append(folder("live"), 1), epoch);
    EXPECT_EQ(head(folder("live")), 16u);
}

TEST_F(StagingTest, AFolderIsNotRestoredFromItself) {
    append(folder("live"), 10);
    const auto before = files(folder("live"));
    fs::create_directory_symlink(folder("live").path, folder("link").path);
    fs::create_directory(folder("files").path);
    for (const auto& path :
         {folder("live").database(), folder("live").mark(), folder("live").key()})
        fs::create_symlink(path, fs::path(folder("files").path) / fs::path(path).filename());
    for (const auto& [from, to] : {std::pair("live", "live"),
                                   {"link", "live"},
                                   {"live", "link"},
                                   {"files", "live"},
                                   {"live", "files"}}) {
        SCOPED_TRACE(testing::Message() << from << " to " << to);
        const auto done = restore(folder(from), folder(to), clock_, random_);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().reason, "same_folder");
    }
    EXPECT_EQ(files(folder("live")), before);
    EXPECT_EQ(head(folder("live")), 10u);
}

// What was set aside is a journal of its own.
TEST_F(StagingTest, WhatWasReplacedCanBeRestored) {
    append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    append(folder("live"), 5);
    const auto done = restore(folder("copy"), folder("live"), clock_, random_);
    ASSERT_TRUE(done) << done.error().detail;
    ASSERT_TRUE(restore({done->replaced}, folder("live"), clock_, random_));
    EXPECT_EQ(head(folder("live")), 15u);
}

TEST_F(StagingTest, ALossThatCannotBeAcceptedChangesNothing) {
    append(folder("live"), 10);
    std::ofstream(folder("live").database(), std::ios::in | std::ios::binary)
        << std::string(200, 'x');
    const auto before = files(folder("live"));
    const auto done = accept_loss(folder("live"), clock_, random_);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().reason, "storage_corrupt");
    EXPECT_NE(done.error().detail.find("restore a backup"), std::string::npos);
    EXPECT_EQ(files(folder("live")), before);
    EXPECT_EQ(refusal(folder("live")), "storage_corrupt");  // And no new journal is begun.
}

// A command that was killed while it built has touched nothing that counts.
TEST_F(StagingTest, WhatWasLeftUnfinishedIsNoJournal) {
    append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    fs::copy(folder("copy").path, folder("live").unfinished(), fs::copy_options::recursive);
    EXPECT_EQ(head(folder("live")), 10u);
    append(folder("live"), 1);
    EXPECT_EQ(head(folder("live")), 11u);

    fs::create_directory(folder("new").path);
    fs::copy(folder("copy").path, folder("new").unfinished(), fs::copy_options::recursive);
    EXPECT_EQ(refusal(folder("new")), "journal_missing");
    ASSERT_TRUE(restore(folder("copy"), folder("new"), clock_, random_));
    EXPECT_EQ(head(folder("new")), 10u);
    EXPECT_FALSE(fs::exists(folder("new").unfinished()));
}

// Wherever a crash comes between the renames, the next start ends what was begun.
TEST_F(StagingTest, ATakeOverThatIsCutShortIsEndedByTheNextStart) {
    append(folder("live"), 10);
    ASSERT_TRUE(backup(folder("live"), folder("copy")));
    append(folder("live"), 5);
    fs::copy(folder("live").path, folder("after").path, fs::copy_options::recursive);
    const auto done = restore(folder("copy"), folder("after"), clock_, random_);
    ASSERT_TRUE(done) << done.error().detail;

    const std::string note = "/replaced-then";
    std::vector<std::string> former;
    for (const auto& entry : fs::directory_iterator(folder("live").path))
        if (const auto name = entry.path().filename().string(); name != "lock")
            former.push_back(name);
    const std::vector<std::string> incoming{"journal.db", "journal.key", "journal.mark"};
    for (std::size_t moves = 0; moves <= former.size() + incoming.size(); ++moves) {
        SCOPED_TRACE(moves);
        const Folder live = folder("cut");
        fs::remove_all(live.path);
        fs::copy(folder("live").path, live.path, fs::copy_options::recursive);
        fs::create_directory(live.incoming());
        for (const auto& file : incoming)
            fs::copy_file(folder("after").path + "/" + file, live.incoming() + "/" + file);
        std::ofstream(live.incoming() + "/replaced") << live.path + note;
        std::size_t left = moves;
        for (const auto& file : former) {
            if (left == 0) break;
            --left;
            fs::create_directory(live.path + note);
            fs::rename(live.path + "/" + file, live.path + note + "/" + file);
        }
        for (const auto& file : incoming) {
            if (left == 0) break;
            --left;
            fs::rename(live.incoming() + "/" + file, live.path + "/" + file);
        }
        EXPECT_EQ(verify(live).error().reason, "restore_unfinished");
        EXPECT_EQ(append(live, 1), done->new_epoch);
        EXPECT_EQ(head(live), 11u);
        EXPECT_FALSE(fs::exists(live.incoming()));
        EXPECT_EQ(head({live.path + note}), 15u);
    }
}

}  // namespace lifeline::journal
