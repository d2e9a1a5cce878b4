#include "archive/writer.h"

#include "archive/test_archive.h"

namespace lifeline::archive {

namespace {

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_F(ArchiveTest, IsWholeAndSaysWhatWasSaidAndDecided) {
    start();
    small_call();
    others(3);
    const std::string text = archive();
    EXPECT_EQ(problem(text), "whole");
    const auto report = check(text);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->session_id, call);
    EXPECT_EQ(report->records, 3u);
    EXPECT_EQ(report->rows, 7u);
    EXPECT_EQ(report->segments, 1u);
    EXPECT_EQ(report->first_position, 1u);
    EXPECT_EQ(report->last_position, 11u);
    EXPECT_EQ(report->heads, 1u);  // No seal and no published head yet: signed when it was written.
    EXPECT_FALSE(report->key_known);
    EXPECT_EQ(count(text, "\"line\":\"decision\""), 1u);
    EXPECT_NE(text.find(R"("utteranceId":"u1","participantId":"ada")"), std::string::npos);
}

TEST_F(ArchiveTest, HasNothingOfAnyOther) {
    start();
    small_call();
    others(3);
    const std::string text = archive();
    EXPECT_EQ(text.find("elsewhere"), std::string::npos);
    EXPECT_EQ(text.find("sess_other"), std::string::npos);
    EXPECT_EQ(text.find("evt_2\""), std::string::npos);  // An eventId of another's.
}

TEST_F(ArchiveTest, IsTheSameWrittenTwiceAndBesideAClosedJournal) {
    start();
    small_call();
    const std::string text = archive();
    EXPECT_EQ(archive(), text);
    stop();
    EXPECT_EQ(archive(), text);
}

TEST_F(ArchiveTest, EndsWithTheSealThatComesAfterTheCall) {
    start(5);
    small_call();
    others(10);
    const auto report = check(archive());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->seals, 1u);
    EXPECT_EQ(report->heads, 0u);
    EXPECT_EQ(report->rows, 5u);
}

TEST_F(ArchiveTest, GoesOnToTheHeadThatWasPublished) {
    start(5);
    small_call();
    others(10);
    const auto published = publish();
    others(3);
    const auto report = check(archive(), {.key = {}, .heads = {published}});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->heads, 1u);
    EXPECT_EQ(report->heads_held, 1u);
    EXPECT_EQ(report->last_position, published.head.position);
}

TEST_F(ArchiveTest, WhereACallRestsForLongItsSizeIsStillItsOwn) {
    start(10);
    small_call();
    others(250);
    words("u3", "Noch da?");
    commit();
    others(4);
    words("u4", "Ja");
    commit();
    others(30);
    const auto report = check(archive(200));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->segments, 2u);
    EXPECT_EQ(report->seals, 2u);
    EXPECT_LT(report->rows, 40u);
    EXPECT_EQ(report->records, 5u);
    EXPECT_EQ(check(archive(300))->segments, 1u);  // Not long enough.
}

TEST_F(ArchiveTest, WithoutASealItStopsFollowingOthersAllTheSame) {
    start(1'000'000);
    small_call();
    others(300);
    words("u3", "Noch da?");
    commit();
    const auto report = check(archive(200));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->segments, 2u);
    EXPECT_EQ(report->heads, 2u);
    EXPECT_EQ(report->rows, 4 + 200u + 1);
}

// Whatever the journal was like, with whatever was signed of it when.
TEST_F(ArchiveTest, PropertyOfAnyCallInAnyJournalIsWholeAndHasItAll) {
    SeededRandom random{7};
    for (int round = 0; round < 12; ++round) {
        SCOPED_TRACE(round);
        data_ = folder("data" + std::to_string(round));
        start(1 + random.below(30));
        std::vector<journal::SignedHead> published;
        std::uint64_t said = 0;
        for (int row = 0; row < 60; ++row) {
            const std::uint64_t of_call = random.below(4) == 0 ? 1 + random.below(5) : 0;
            for (std::uint64_t i = 0; i < of_call; ++i) words("u" + std::to_string(++said), "Wort");
            for (std::uint64_t i = random.below(9) + (of_call == 0 ? 1 : 0); i > 0; --i)
                words("u", "elsewhere", "sess_" + std::to_string(random.below(3)));
            commit();
            if (random.below(12) == 0) published.push_back(publish());
            if (said > 0 && random.below(20) == 0) erase(1 + random.below(said));
        }
        ASSERT_GT(said, 0u);
        const std::string text = archive(random.below(60));
        const auto report = check(text, {.key = key().public_key(), .heads = published});
        ASSERT_TRUE(report);
        EXPECT_EQ(report->problems, std::vector<Error>());
        EXPECT_EQ(report->records, said);
        EXPECT_EQ(report->heads_held + report->heads_outside, published.size());
        EXPECT_EQ(text.find("elsewhere"), std::string::npos);
        stop();
    }
}

TEST_F(ArchiveTest, WhatWasErasedIsProvedToHaveBeenThere) {
    start();
    small_call();
    others(2);
    const std::string before = archive();
    erase(2);
    const std::string text = archive();
    EXPECT_EQ(text.find("Lovelace"), std::string::npos);
    const auto report = check(text);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->erased, 1u);
    EXPECT_EQ(report->records, 3u);
    // What is signed of the journal is what was signed before.
    EXPECT_EQ(lines_of(text)[1], lines_of(before)[1]);
    EXPECT_EQ(problem(before), "whole");
}

TEST_F(ArchiveTest, GoesOverTheEndOfAnEpoch) {
    start();
    small_call();
    stop();
    ASSERT_TRUE(journal::backup(data_, folder("copy")));
    ASSERT_TRUE(journal::restore(folder("copy"), data_, clock_, random_));
    start();
    words("u3", "Danach");
    commit();
    others(2);
    const auto report = check(archive());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->records, 4u);
}

TEST_F(ArchiveTest, WhatIsDamagedGetsNoProof) {
    start();
    small_call();
    stop();
    change(data_.database(), "Lovelace", "Lovelock");
    auto writer = Writer::open(data_, {.session_id = call, .positions = {2, 7, 8}, .now = {}});
    ASSERT_TRUE(writer);
    std::string text;
    const auto next = (*writer)->next(text);
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().reason, "journal_corrupt");
}

TEST_F(ArchiveTest, OfACallThatIsNotThereThereIsNone) {
    start();
    small_call();
    EXPECT_EQ(
        Writer::open(data_, {.session_id = "sess_x", .positions = {}, .now = {}}).error().reason,
        "stream_not_found");
}

}  // namespace lifeline::archive
