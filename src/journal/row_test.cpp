#include "journal/row.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace lifeline::journal {

namespace {

const RowTime some_time{
    WallTime(Millis(1'771'236'000'007)), SteadyTime(Micros(12'345'678)), {1, 2}};
const EpochId some_epoch{1, 2, 3};
const Digest some_previous{9, 8, 7};

struct Row {
    std::string body;
    Digest digest;
};

Row write_row(const std::vector<Draft>& drafts, std::uint64_t first_position = 41) {
    SeededRandom random(5);
    RowWriter writer;
    writer.begin(first_position, some_time, drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i)
        writer.add("sess_" + std::to_string(i % 2), i + 1, drafts[i], random.bytes<sizeof(Salt)>());
    return {writer.body(), writer.digest(some_epoch, some_previous)};
}

std::vector<Draft> some_drafts() {
    return {{"evt_1", {"user", "usr_1"}, "", R"({"text":"hello"})"},
            {"evt_2", {"agent", "agt_1"}, "evt_1", ""},
            {"evt_3", {"server", ""}, "", std::string(3000, 'z')}};
}

// RFC 6962, section 2.1, as it is written there.
Digest tree_hash(Sha256& sha, std::span<const Digest> leaves) {
    if (leaves.size() == 1) return leaves[0];
    std::size_t split = 1;
    while (split * 2 < leaves.size()) split *= 2;
    const Digest left = tree_hash(sha, leaves.first(split));
    const Digest right = tree_hash(sha, leaves.subspan(split));
    return sha.of({std::string_view("\x01", 1), view(left), view(right)});
}

}  // namespace

TEST(Chain, ItsTreeIsThatOfRfc6962) {
    SeededRandom random(1);
    Sha256 sha;
    for (std::size_t count = 1; count <= 70; ++count) {
        std::vector<Digest> leaves;
        for (std::size_t i = 0; i < count; ++i) leaves.push_back(random.bytes<sizeof(Digest)>());
        const Digest expected = tree_hash(sha, leaves);
        EXPECT_EQ(merkle_root(sha, leaves), expected) << count;
    }
}

TEST(Row, GivesBackWhatWasPutIn) {
    const auto drafts = some_drafts();
    const Row row = write_row(drafts);
    const auto opened = RowView::open(row.body, 41, 3);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->time(), some_time);
    for (std::uint64_t i = 0; i < 3; ++i) {
        const auto record = opened->record(i);
        ASSERT_TRUE(record) << record.error().detail;
        EXPECT_EQ(record->seq, i + 1);
        EXPECT_EQ(record->stream, "sess_" + std::to_string(i % 2));
        EXPECT_EQ(record->event_id, drafts[i].event_id);
        EXPECT_EQ(record->actor_kind, drafts[i].actor.kind);
        EXPECT_EQ(record->actor_id, drafts[i].actor.id);
        EXPECT_EQ(record->cause, drafts[i].cause);
        EXPECT_EQ(record->bytes, drafts[i].bytes);
        EXPECT_FALSE(record->erased);
    }
    Sha256 sha;
    EXPECT_EQ(opened->digest(sha, some_epoch, some_previous).value_or(Digest{}), row.digest);
}

TEST(Row, EveryFlippedBitIsNoticed) {
    const Row row =
        write_row({{"evt_1", {"user", "u"}, "c", "hello"}, {"evt_2", {"a", "b"}, "", "x"}});
    Sha256 sha;
    for (std::size_t bit = 0; bit < row.body.size() * 8; ++bit) {
        std::string body = row.body;
        body[bit / 8] = static_cast<char>(body[bit / 8] ^ (1 << bit % 8));
        const auto opened = RowView::open(body, 41, 2);
        if (!opened) continue;
        const auto digest = opened->digest(sha, some_epoch, some_previous);
        ASSERT_TRUE(!digest || *digest != row.digest) << "bit " << bit;
    }
}

TEST(Row, ARecordInAnotherPlaceIsAsWrongAsADamagedOne) {
    const Row row = write_row(some_drafts());
    const auto moved = RowView::open(row.body, 42, 3);
    ASSERT_TRUE(moved);
    EXPECT_EQ(moved->record(0).error().code, Code::corrupt);
    EXPECT_NE(moved->record(0).error().detail.find("position 42"), std::string::npos);
    EXPECT_FALSE(RowView::open(row.body, 41, 2));
    EXPECT_FALSE(RowView::open(row.body, 41, 0));
    EXPECT_FALSE(RowView::open(row.body, 41, 4));
}

TEST(Row, CutAnywhereItIsRefused) {
    const Row row = write_row(some_drafts());
    Sha256 sha;
    for (std::size_t size = 0; size < row.body.size(); ++size) {
        const auto opened = RowView::open(std::string_view(row.body).substr(0, size), 41, 3);
        if (!opened) continue;
        ASSERT_FALSE(opened->digest(sha, some_epoch, some_previous)) << size;
    }
}

TEST(Row, ErasingKeepsTheDigestAndTheOthers) {
    const auto drafts = some_drafts();
    const Row row = write_row(drafts);
    const auto before = RowView::open(row.body, 41, 3);
    Sha256 sha;
    const auto body = erase_records(sha, *before, {2});
    ASSERT_TRUE(body);
    EXPECT_LT(body->size(), 1000u);
    const auto after = RowView::open(*body, 41, 3);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->digest(sha, some_epoch, some_previous).value_or(Digest{}), row.digest);
    EXPECT_EQ(after->record(0)->bytes, drafts[0].bytes);
    EXPECT_TRUE(after->record(2)->erased);
    EXPECT_EQ(after->record(2)->event_id, "evt_3");
    // Again, and one more: what was erased stays erased.
    const auto all = erase_records(sha, *after, {0, 1});
    ASSERT_TRUE(all);
    const auto empty = RowView::open(*all, 41, 3);
    EXPECT_EQ(empty->digest(sha, some_epoch, some_previous).value_or(Digest{}), row.digest);
    EXPECT_EQ(all->find("hello"), std::string::npos);
}

TEST(Row, OtherBytesOtherTimeOtherPredecessorIsAnotherDigest) {
    const Row row = write_row(some_drafts());
    auto changed = some_drafts();
    changed[0].bytes = R"({"text":"hallo"})";
    EXPECT_NE(write_row(changed).digest, row.digest);
    changed = some_drafts();
    changed[1].cause = "evt_9";
    EXPECT_NE(write_row(changed).digest, row.digest);
    const auto opened = RowView::open(row.body, 41, 3);
    Sha256 sha;
    EXPECT_NE(*opened->digest(sha, EpochId{1, 2, 4}, some_previous), row.digest);
    EXPECT_NE(*opened->digest(sha, some_epoch, Digest{}), row.digest);
}

// The worked example of docs/journal_format.md, byte by byte: a change here is a change of format.
TEST(Row, IsWhatTheFormatPageShows) {
    RowWriter writer;
    writer.begin(1, some_time, 1);
    writer.add("sess_a", 1, {"evt_1", {"user", "u1"}, "", "{}"},
               Salt{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    const auto hex = [](std::string_view bytes) {
        return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    };
    const std::string_view body = writer.body();
    ASSERT_EQ(body.size(), 93u);
    EXPECT_EQ(hex(body.substr(0, 8)), "0781e4659c010000");
    EXPECT_EQ(hex(body.substr(8, 8)), "4e61bc0000000000");
    EXPECT_EQ(hex(body.substr(16, 16)), "01000000000000000200000000000000");
    EXPECT_EQ(hex(body.substr(32, 4)), "24000000");
    EXPECT_EQ(hex(body.substr(36, 8)), "76f96573d766e64a");
    EXPECT_EQ(hex(body.substr(44, 1)), "00");
    EXPECT_EQ(hex(body.substr(45, 5)), "0605040200");
    EXPECT_EQ(hex(body.substr(50, 8)), "0100000000000000");
    EXPECT_EQ(body.substr(58, 17), "sess_aevt_1useru1");
    EXPECT_EQ(hex(body.substr(75, 16)), "000102030405060708090a0b0c0d0e0f");
    EXPECT_EQ(body.substr(91), "{}");
    EXPECT_EQ(to_hex(writer.digest(EpochId{}, Digest{})),
              "902ead0228e9572cae383aaf12c266ee3194153dc3b6a65c653d67f8db9caa1d");
}

}  // namespace lifeline::journal
