// An index.db that does not agree with its journal, and a journal that does not agree with itself.
#include <gtest/gtest.h>

#include "journal/committer.h"
#include "journal/index_page.h"
#include "journal/index_scan.h"
#include "journal/journal_file.h"
#include "journal/sql_house.h"

namespace lifeline::journal {

namespace {

class IndexDamage : public testing::Test {
protected:
    IndexDamage() { house_.index.flush_events = 8; }

    // Appends to three streams in turn, and leaves the files at rest.
    void write_history(int rounds) {
        auto call = house_.start();
        ASSERT_TRUE(call) << call.error().detail;
        std::vector<std::unique_ptr<Stream>> streams;
        for (const char* name : {"sess_a", "sess_b", "sess_c"}) streams.push_back(call->open(name));
        for (int i = 0; i < rounds; ++i)
            for (const auto& stream : streams)
                ASSERT_TRUE(call->append(
                    *stream, {draft("evt_" + std::to_string(stream->head()), "some words")}));
        streams.clear();
        ASSERT_TRUE(house_.stop());
        settle(house_.folder.index());
        settle(house_.folder.database());
    }
    // Everything in the file itself, its log empty.
    void settle(const std::string& path) {
        auto file =
            sql::Database::open(path, {.access = sql::Access::write, .vfs = house_.disk.vfs()});
        ASSERT_TRUE(file && file->checkpoint(sql::Checkpoint::truncate));
    }
    void run_sql(const std::string& path, const std::string& sql) {
        auto file =
            sql::Database::open(path, {.access = sql::Access::write, .vfs = house_.disk.vfs()});
        ASSERT_TRUE(file && file->run(sql) && file->checkpoint(sql::Checkpoint::truncate));
    }
    void put_index(const std::string& bytes) {
        house_.disk.kill_process();
        house_.disk.remove(house_.folder.index() + "-wal");
        house_.disk.set_contents(house_.folder.index(), bytes);
    }
    // Every stream is as it was written, and whatever was sent before is known.
    void expect_whole(Caller& call, std::uint64_t head) {
        const auto heads = call.list("");
        ASSERT_TRUE(heads) << heads.error().detail;
        ASSERT_EQ(heads->size(), 3u);
        for (const char* name : {"sess_a", "sess_b", "sess_c"}) {
            const auto read = call.read(name, 0, {1000, 1 << 20});
            ASSERT_TRUE(read) << read.error().detail;
            ASSERT_EQ(read->size(), head);
            const auto stream = call.open(name);
            ASSERT_EQ(stream->head(), head);
            for (std::uint64_t seq = 1; seq <= head; ++seq)
                ASSERT_EQ(stream->find("evt_" + std::to_string(seq - 1)), seq);
        }
    }

    SqlHouse house_{1};
};

}  // namespace

TEST_F(IndexDamage, AFlippedBitNeverMakesAStreamShort) {
    write_history(20);
    const std::string whole = *house_.disk.contents(house_.folder.index());
    SeededRandom random(5);
    for (int i = 0; i < 500; ++i) {
        const std::uint64_t bit = random.below(whole.size() * 8);
        SCOPED_TRACE(bit);
        put_index(whole);
        house_.disk.flip_bit(house_.folder.index(), bit);
        auto call = house_.start();
        ASSERT_TRUE(call) << call.error().reason << ": " << call.error().detail;
        expect_whole(*call, 20);
        house_.crash();
        if (HasFailure()) break;
    }
}

// What no start can see is met by a read: it is refused and told, and the next start has an index
// that is right.
TEST_F(IndexDamage, WhatAReadFindsIsMadeAnewByTheNextStart) {
    write_history(20);
    const auto place_of_another = [&] {
        auto file = sql::Database::open(house_.folder.index(),
                                        {.access = sql::Access::write, .vfs = house_.disk.vfs()});
        ASSERT_TRUE(file);
        auto select = file->prepare(
            "select first_seq, page from index_page where stream = 'sess_b' order by first_seq");
        ASSERT_TRUE(select && *select->step());
        const std::uint64_t first = select->natural(0);
        std::vector<IndexEntry> entries;
        ASSERT_TRUE(decode_index_page("sess_b", first, select->bytes(1), entries));
        select->reset();
        entries.front().place = Place(1, 0);  // There is sess_a's first.
        auto update = file->prepare(
            "update index_page set page = ? where stream = 'sess_b' and first_seq = ?");
        const std::string page = encode_index_page("sess_b", first, entries);
        ASSERT_TRUE(update && update->bind_bytes(1, page).bind(2, first).run());
        ASSERT_TRUE(file->checkpoint(sql::Checkpoint::truncate));
    };
    place_of_another();
    auto call = house_.start();
    ASSERT_TRUE(call) << call.error().detail;
    const auto read = call->read("sess_b", 0);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().reason, "index_corrupt");
    ASSERT_EQ(house_.corrupt.size(), 1u);
    EXPECT_EQ(house_.disk.contents(house_.folder.index()), std::nullopt);
    EXPECT_TRUE(call->read("sess_a", 0));
    house_.crash();
    house_.disk.kill_process();
    call = house_.start();
    ASSERT_TRUE(call) << call.error().detail;
    expect_whole(*call, 20);
}

TEST_F(IndexDamage, AMissingHeadOrPageIsNotANewStream) {
    write_history(20);
    const std::string whole = *house_.disk.contents(house_.folder.index());
    for (const char* sql : {"delete from index_stream where stream = 'sess_b'",
                            "delete from index_page where stream = 'sess_b'",
                            "delete from index_page where stream = 'sess_b' and first_seq > 9",
                            "update index_stream set head = head - 1 where stream = 'sess_b'",
                            "update index_page set stream = 'sess_d' where stream = 'sess_b'",
                            "delete from index_state", "pragma user_version = 1"}) {
        SCOPED_TRACE(sql);
        put_index(whole);
        run_sql(house_.folder.index(), sql);
        auto call = house_.start();
        ASSERT_TRUE(call) << call.error().detail;
        expect_whole(*call, 20);
        house_.crash();
    }
}

// The seal vouches for a row's hash, not for those before it being there: whoever folds them looks.
TEST_F(IndexDamage, ARowThatIsMissingBeforeTheSealIsFoundWhenItIsToBeIndexed) {
    house_.seals = {.rows = 10, .events_always_checked = 20};
    write_history(10);
    const std::string early = *house_.disk.contents(house_.folder.index());
    write_history(30);
    run_sql(house_.folder.database(), "delete from journal_row where first_position = 50");
    const std::string damaged = *house_.disk.contents(house_.folder.database());
    for (const bool indexed : {true, false}) {
        put_index(indexed ? early : "");
        const auto call = house_.start();
        ASSERT_FALSE(call);
        EXPECT_EQ(call.error().reason, "journal_corrupt");
        EXPECT_NE(call.error().detail.find("position 50 "), std::string::npos)
            << call.error().detail;
        EXPECT_EQ(house_.disk.contents(house_.folder.index()).value_or(""), indexed ? early : "");
        EXPECT_EQ(*house_.disk.contents(house_.folder.database()), damaged);
    }
}

// A stream that begins twice has a chain that holds. It is refused with its position, wherever the
// index stands; it used to abort the start.
TEST_F(IndexDamage, AStreamThatBeginsTwiceIsRefused) {
    write_history(20);
    const std::string index = *house_.disk.contents(house_.folder.index());
    {
        auto file = open_journal_file(house_.folder, {.access = sql::Access::write});
        ASSERT_TRUE(file);
        const auto epochs = load_epochs(*file);
        const auto last = last_row(*file);
        ASSERT_TRUE(epochs && last);
        auto committer = Committer::create(
            std::move(*file),
            {epochs->back().id(), last->last_position, last->hash, house_.clock.wall()},
            KeyedHash({}), house_.clock, house_.random, {1, 2});
        ASSERT_TRUE(committer);
        Group group;
        group.requests.emplace_back();
        group.requests.back().line = std::make_shared<Line>("sess_b", house_.loop);
        group.requests.back().batch = {draft("evt_0", "once more")};
        ASSERT_TRUE(committer->commit(group) && committer->checkpoint_all());
    }
    for (const std::string& stands : {index, std::string()}) {
        put_index(stands);
        const auto call = house_.start();
        ASSERT_FALSE(call);
        EXPECT_EQ(call.error().reason, "journal_corrupt");
        EXPECT_NE(call.error().detail.find("position 61 is seq 1 of sess_b, where 21 is due"),
                  std::string::npos)
            << call.error().detail;
    }
}

}  // namespace lifeline::journal
