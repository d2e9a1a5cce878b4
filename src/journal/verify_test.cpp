// That verify names all there is to name, and nothing else.
#include "journal/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "journal/checksum.h"
#include "journal/encoding.h"
#include "journal/mark.h"
#include "journal/seals.h"
#include "journal/test_folders.h"
#include "sql/database.h"

namespace lifeline::journal {

namespace {

using testing::HasSubstr;

class VerifyTest : public FoldersTest {
protected:
    std::vector<std::string> problems(const Folder& where) {
        const auto report = verify(where);
        EXPECT_TRUE(report);
        std::vector<std::string> out;
        for (const Error& problem : report->problems)
            out.push_back(problem.reason + ": " + problem.detail);
        return out;
    }
    // Both ids in one stream, or one in each of two.
    void append_ids(const Folder& where, const std::string& first, const std::string& second,
                    const std::string& second_stream) {
        auto journal = open(where);
        Caller call(*journal, loop_);
        const auto stream = call.open("sess_1");
        ASSERT_TRUE(call.append(*stream, {draft(first, "x")}));
        if (second_stream == "sess_1") {
            ASSERT_TRUE(call.append(*stream, {draft(second, "x")}));
        } else {
            const auto other = call.open(second_stream);
            ASSERT_TRUE(call.append(*other, {draft(second, "x")}));
        }
    }
};

// Two different texts of 16 bytes with one checksum: XXH3 is no hash to defend oneself with. The
// constants are those with which it masks the halves of so short a text.
std::pair<std::string, std::string> texts_that_meet(std::uint64_t seed) {
    const std::uint64_t mask_low = (0x1f67b3b7a4a44072 ^ 0x78e5c0cc4ee679cb) + seed;
    const std::uint64_t mask_high = (0x2172ffcc7dd05a82 ^ 0x8e2443f7744608b8) - seed;
    const std::uint64_t any = 0x0123456789abcdef;
    std::string first;
    put(first, mask_low);
    put(first, any ^ mask_high);
    std::string second;
    put(second, std::byteswap(any) ^ mask_low);
    put(second, mask_high);
    return {first, second};
}

}  // namespace

TEST_F(VerifyTest, NamesEveryBadRecordAndTheMarkToo) {
    append(folder("live"), 40);
    for (const char* id : {"evt_7", "evt_8", "evt_30"})
        change(folder("live").database(), std::string("word number ") + id,
               std::string("lord number ") + id);
    fs::remove(folder("live").mark());
    EXPECT_THAT(problems(folder("live")),
                testing::ElementsAre(HasSubstr("mark_missing"), HasSubstr("record at position 8 "),
                                     HasSubstr("record at position 9 "),
                                     HasSubstr("record at position 31 ")));
    const auto report = verify(folder("live"));
    EXPECT_EQ(report->events, 37u);
    EXPECT_EQ(report->head, 7u);
}

TEST_F(VerifyTest, GoesOnBehindARowThatIsMissing) {
    append(folder("live"), 40);
    {
        auto file = sql::Database::open(folder("live").database(), {.access = sql::Access::write});
        ASSERT_TRUE(file && file->run("delete from journal_row where first_position in (5, 20)"));
        ASSERT_TRUE(file->checkpoint(sql::Checkpoint::truncate));
    }
    EXPECT_THAT(problems(folder("live")), testing::ElementsAre(HasSubstr("row at position 5 "),
                                                               HasSubstr("row at position 20 ")));
}

// Whoever has the folder's key can write a history anew, mark and all, but not what was sealed.
TEST_F(VerifyTest, HoldsTheJournalAgainstItsSeals) {
    append(folder("live"), 10);
    const auto key = FolderKey::open(folder("live"));
    const HeadMark mark = MarkFile::open(folder("live"), *key)->newest();
    const auto seal = [&](HeadMark head) {
        auto seals = SealFile::open(folder("live"), *key);
        ASSERT_TRUE(seals && seals->add(head));
    };
    seal(mark);
    EXPECT_THAT(problems(folder("live")), testing::IsEmpty());
    HeadMark of_another_epoch = mark;
    of_another_epoch.epoch[0] ^= 1;
    of_another_epoch.hash[0] ^= 1;
    seal(of_another_epoch);
    EXPECT_THAT(problems(folder("live")), testing::IsEmpty());
    HeadMark of_another_history = mark;
    of_another_history.hash[0] ^= 1;
    seal(of_another_history);
    EXPECT_THAT(problems(folder("live")),
                testing::ElementsAre(HasSubstr("journal_differs: the row at position 10 ")));
}

// A page that SQLite cannot read holds rows of which nothing is known but where they begin.
TEST_F(VerifyTest, SaysBehindWhichPositionAPageIsMalformed) {
    {
        auto journal = open(folder("live"));
        Caller call(*journal, loop_);
        const auto stream = call.open("sess_1");
        for (int i = 0; i < 60; ++i)
            ASSERT_TRUE(
                call.append(*stream, {draft("evt_" + std::to_string(i), std::string(3000, 'x'))}));
        const auto closed =
            wait_for<void>(loop_, [&](auto done) { journal->close(loop_, std::move(done)); });
        ASSERT_TRUE(closed);
    }
    std::fstream file(folder("live").database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8 * 16384);
    file.put('\xff');
    file.close();
    const auto found = problems(folder("live"));
    ASSERT_FALSE(found.empty());
    EXPECT_THAT(found.back(), testing::AllOf(HasSubstr("storage_corrupt"),
                                             testing::ContainsRegex("after position [1-9]")));
}

TEST_F(VerifyTest, HoldsTheIndexAgainstTheJournal) {
    append(folder("live"), 40);
    EXPECT_THAT(problems(folder("live")), testing::IsEmpty());
    const auto change_index = [&](const std::string& sql) {
        auto file = sql::Database::open(folder("live").index(), {.access = sql::Access::write});
        ASSERT_TRUE(file && file->run(sql));
    };
    change_index("update index_page set first_seq = first_seq + 1");
    const auto advice = testing::ElementsAre(
        testing::AllOf(HasSubstr("index_corrupt"), HasSubstr("delete index.db"),
                       testing::Not(HasSubstr("accept-loss"))));
    EXPECT_THAT(problems(folder("live")), advice);
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(folder("live").index() + suffix);
    EXPECT_THAT(problems(folder("live")), testing::IsEmpty());

    // Whole in itself, but of another history.
    append(folder("other"), 40);
    for (const char* suffix : {"", "-wal"})
        if (fs::exists(folder("other").index() + suffix))
            fs::copy_file(folder("other").index() + suffix, folder("live").index() + suffix);
    EXPECT_THAT(problems(folder("live")), advice);
}

TEST_F(VerifyTest, BesideARunningServerToo) {
    const Folder live = folder("live");
    append(live, 40);
    auto journal = open(live);
    Caller call(*journal, loop_);
    const auto stream = call.open("sess_1");
    ASSERT_TRUE(call.append(*stream, {draft("evt_more", "x")}));
    EXPECT_EQ(head(live), 41u);
}

TEST_F(VerifyTest, ComparesIdsWhereTheirHashesMeet) {
    const auto [first, second] = texts_that_meet(checksum("sess_1", 0));
    ASSERT_NE(first, second);
    ASSERT_EQ(checksum(first, checksum("sess_1", 0)), checksum(second, checksum("sess_1", 0)));
    append_ids(folder("meeting"), first, second, "sess_1");
    EXPECT_THAT(problems(folder("meeting")), testing::IsEmpty());

    append_ids(folder("apart"), first, first, "sess_2");
    EXPECT_THAT(problems(folder("apart")), testing::IsEmpty());

    append_ids(folder("twice"), first, first, "sess_1");  // The journal leaves that to the writer.
    EXPECT_THAT(problems(folder("twice")),
                testing::ElementsAre(HasSubstr("positions 1 and 2 have one eventId")));
}

}  // namespace lifeline::journal
