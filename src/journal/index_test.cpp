#include "journal/index.h"

#include <gtest/gtest.h>

#include <map>

#include "journal/index_page.h"
#include "sql/fault_disk.h"

namespace lifeline::journal {

namespace {

std::vector<IndexEntry> some_entries(std::uint64_t seed, std::size_t count) {
    SeededRandom random(seed);
    std::vector<IndexEntry> entries;
    std::uint64_t row = 1;
    for (std::size_t i = 0; i < count; ++i) {
        row += random.below(100);
        entries.push_back({Place(row, random.below(256)), random.next()});
    }
    return entries;
}

}  // namespace

TEST(StreamIndex, FindsWhatAMapFinds) {
    SeededRandom random(3);
    StreamIndex index;
    std::multimap<std::uint64_t, std::uint64_t> model;
    for (std::uint64_t seq = 1; seq <= 5000; ++seq) {
        // Half of the hashes crowd into one corner, some are equal.
        const std::uint64_t hash = random.below(2) == 0 ? random.next() : random.below(3000);
        index.add({Place(seq, 0), hash});
        model.emplace(hash, seq);
        ASSERT_EQ(index.head(), seq);
    }
    for (const auto& [hash, seq] : model) {
        std::uint64_t found = 0;
        const auto [begin, end] = model.equal_range(hash);
        for (auto expected = begin; expected != end; ++expected) {
            found = index.find(hash, found);
            ASSERT_EQ(found, expected->second);
        }
        ASSERT_EQ(index.find(hash, found), 0u);
    }
    for (int i = 0; i < 5000; ++i) {
        const std::uint64_t hash = random.next();
        if (!model.contains(hash)) ASSERT_EQ(index.find(hash), 0u);
    }
    EXPECT_EQ(StreamIndex().find(7), 0u);
}

// 1,000 open calls of 1,000 events have to fit beside everything else in 80 MB.
TEST(StreamIndex, CostsLittleMemory) {
    for (const std::size_t count : {1'000u, 10'000u, 100'000u}) {
        StreamIndex grown;
        double worst = 0;
        for (const IndexEntry& entry : some_entries(1, count)) {
            grown.add(entry);
            if (grown.head() > 500)
                worst = std::max(worst, static_cast<double>(grown.memory_bytes()) /
                                            static_cast<double>(grown.head()));
        }
        EXPECT_LT(worst, 29.0);
        const StreamIndex loaded(some_entries(1, count));
        EXPECT_LT(loaded.memory_bytes(), count * 25);
    }
}

TEST(IndexPage, GivesBackWhatWasPutInAndNoticesEveryFlippedBit) {
    for (const std::size_t count : {1u, 7u, 100u}) {
        const auto entries = some_entries(count, count);
        const std::string page = encode_index_page("sess_1", 5, entries);
        std::vector<IndexEntry> read;
        ASSERT_TRUE(decode_index_page("sess_1", 5, page, read));
        EXPECT_EQ(read, entries);
        EXPECT_FALSE(decode_index_page("sess_2", 5, page, read));
        EXPECT_FALSE(decode_index_page("sess_1", 6, page, read));
        for (std::size_t bit = 0; bit < page.size() * 8; ++bit) {
            std::string flipped = page;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
            ASSERT_FALSE(decode_index_page("sess_1", 5, flipped, read));
        }
    }
}

namespace {

class IndexHouse {
public:
    explicit IndexHouse(std::uint64_t seed) : disk(seed), random(seed) { open(); }
    void open() {
        index.reset();
        auto found = IndexStore::open(folder, [](const HeadMark&) { return true; });
        ASSERT_TRUE(found) << found.error().detail;
        if (!*found) {
            auto made = IndexStore::create(folder, random);
            ASSERT_TRUE(made) << made.error().detail;
            found->emplace(std::move(*made));
        }
        index = std::make_unique<Index>(std::move(**found));
    }
    // One group of a few entries on some streams, as the journal would fold it.
    bool fold_some() {
        std::vector<IndexedBatch> batches;
        std::vector<std::vector<IndexEntry>> kept;
        kept.reserve(8);
        for (std::uint64_t i = 0; i < 1 + random.below(5); ++i) {
            const std::string name = "sess_" + std::to_string(random.below(4));
            auto& known = model[name];
            std::vector<IndexEntry> more;
            for (std::uint64_t k = 0; k < 1 + random.below(3); ++k)
                more.push_back({Place(++position, 0), random.next()});
            batches.push_back({model.find(name)->first, known.size() + 1, {}, WallTime()});
            kept.push_back(more);
            batches.back().entries = kept.back();
            known.insert(known.end(), more.begin(), more.end());
        }
        return index->fold(batches, {.epoch = {}, .position = position, .hash = {}}).value();
    }
    void expect_model() {
        for (const auto& [name, entries] : model) {
            const auto all = index->load(name, 1, UINT64_MAX);
            ASSERT_TRUE(all) << all.error().detail;
            ASSERT_EQ(*all, entries);
            ASSERT_EQ(index->head(name).value_or(0), entries.size());
            const std::uint64_t first = 1 + random.below(entries.size());
            const std::uint64_t count = 1 + random.below(entries.size() - first + 1);
            const auto some = index->load(name, first, count);
            ASSERT_TRUE(some) << some.error().detail;
            ASSERT_GE(some->size(), count);
            for (std::size_t i = 0; i < count; ++i) ASSERT_EQ((*some)[i], entries[first - 1 + i]);
        }
        const auto heads = index->list("", "", 100);
        ASSERT_TRUE(heads);
        ASSERT_EQ(heads->size(), model.size());
        for (const StreamHead& head : *heads) {
            ASSERT_EQ(head.head, model[head.stream].size());
            ASSERT_EQ(head.position, model[head.stream].back().place.position());
        }
    }

    sql::FaultDisk disk;
    SeededRandom random;
    Folder folder{"data", disk.vfs()};
    std::unique_ptr<Index> index;
    std::map<std::string, std::vector<IndexEntry>> model;
    std::uint64_t position = 0;
};

}  // namespace

// Folds, flushes and flushes that fail, in any order: no answer is ever short.
TEST(Index, AnswersFromMemoryAndFileAsOne) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        IndexHouse house(seed);
        for (int round = 0; round < 60; ++round) {
            house.fold_some();
            const auto what = house.random.below(6);
            if (what == 0) ASSERT_TRUE(house.index->flush());
            if (what == 1) {
                house.disk.set_capacity(house.disk.used_bytes());
                EXPECT_FALSE(house.index->flush());
                house.disk.set_capacity(UINT64_MAX);
            }
            house.expect_model();
        }
        ASSERT_TRUE(house.index->flush());
        house.open();
        EXPECT_EQ(house.index->cursor().position, house.position);
        house.expect_model();
    }
}

// The file at rest with one bit flipped; then opened again.
class Flipped {
public:
    explicit Flipped(IndexHouse& house) : house_(house) {
        house.index.reset();
        const std::string path = house.folder.index();
        {
            auto file =
                sql::Database::open(path, {.access = sql::Access::write, .vfs = house.disk.vfs()});
            EXPECT_TRUE(file && file->checkpoint(sql::Checkpoint::truncate));
        }
        whole_ = *house.disk.contents(path);
    }
    const std::string& whole() const { return whole_; }
    void flip(std::uint64_t bit) {
        house_.index.reset();
        house_.disk.kill_process();
        house_.disk.remove(house_.folder.index() + "-wal");
        house_.disk.set_contents(house_.folder.index(), whole_);
        house_.disk.flip_bit(house_.folder.index(), bit);
        house_.open();
    }
    bool made_anew() const { return house_.index->cursor().position == 0; }

private:
    IndexHouse& house_;
    std::string whole_;
};

TEST(Index, AFlippedBitIsFoundWhenItIsOpened) {
    IndexHouse house(1);
    for (int i = 0; i < 50; ++i) {
        house.fold_some();
        if (i % 7 == 0) ASSERT_TRUE(house.index->flush());
    }
    ASSERT_TRUE(house.index->flush());
    Flipped file(house);
    int anew = 0;
    for (int i = 0; i < 600; ++i) {
        const std::uint64_t bit = house.random.below(file.whole().size() * 8);
        SCOPED_TRACE(bit);
        file.flip(bit);
        if (file.made_anew())
            ++anew;
        else
            house.expect_model();
        if (HasFailure()) break;
    }
    EXPECT_GT(anew, 100);
}

// More events than a start looks through: then it is the read that notices. A stream that is not
// found would begin a second time, so nothing is ever short.
TEST(Index, ADamagedPageIsAnErrorNotAShortAnswer) {
    IndexHouse house(1);
    for (int round = 0; round < 3; ++round) {
        for (int s = 0; s < 60; ++s) {
            const std::string name = "sess_" + std::to_string(s);
            auto& known = house.model[name];
            auto more = some_entries(static_cast<std::uint64_t>(s), 1500);
            for (auto& entry : more) entry.place = Place(++house.position, 0);
            const IndexedBatch batch{name, known.size() + 1, more, WallTime()};
            ASSERT_TRUE(house.index->fold(std::span(&batch, 1),
                                          {.epoch = {}, .position = house.position, .hash = {}}));
            known.insert(known.end(), more.begin(), more.end());
        }
        ASSERT_TRUE(house.index->flush());
    }
    ASSERT_GT(house.position, 250'000u);
    Flipped file(house);
    std::vector<std::uint64_t> names;
    for (auto at = file.whole().find("sess_"); at != std::string::npos;
         at = file.whole().find("sess_", at + 1))
        names.push_back(at);
    int anew = 0;
    int refused = 0;
    for (int i = 0; i < 80; ++i) {
        // Half of them in keys, where a lookup goes astray.
        const std::uint64_t at =
            i % 2 == 0 ? names[house.random.below(names.size())] + house.random.below(10)
                       : house.random.below(file.whole().size());
        SCOPED_TRACE(at);
        file.flip(at * 8 + house.random.below(8));
        if (file.made_anew()) {
            ++anew;
            continue;
        }
        int errors = 0;
        const auto right_or_refused = [&](const auto& answer, const auto& expected) {
            if (answer) return *answer == expected;
            ++errors;
            EXPECT_EQ(answer.error().reason, "index_corrupt");
            EXPECT_NE(answer.error().detail.find("delete index.db"), std::string::npos);
            return true;
        };
        for (const auto& [name, entries] : house.model) {
            ASSERT_TRUE(right_or_refused(house.index->load(name, 1, UINT64_MAX), entries)) << name;
            ASSERT_TRUE(right_or_refused(house.index->head(name), entries.size())) << name;
        }
        const auto heads = house.index->list("", "", 100);
        if (heads)
            ASSERT_EQ(heads->size(), house.model.size());
        else
            ++errors;
        if (errors > 0) ++refused;
    }
    EXPECT_GT(anew, 5);
    EXPECT_GT(refused, 20);
}

// The log keeps what a checkpoint could not move: a flush that was written is never tried again.
TEST(Index, AFailedCheckpointIsNoFailedFlush) {
    using Operation = sql::FaultDisk::Operation;
    for (const auto operation : {Operation::write, Operation::sync}) {
        IndexHouse house(1);
        for (int i = 0; i < 400; ++i) {
            house.disk.fail(operation, "index.db");
            house.fold_some();
            const auto flushed = house.index->flush();
            ASSERT_TRUE(flushed) << flushed.error().detail;
        }
        EXPECT_GT(house.disk.counters().faults, 0u);
        house.expect_model();
    }
}

TEST(Index, AsksForAFlushOnceEnoughHasGathered) {
    IndexHouse house(1);
    int folds = 0;
    while (!house.fold_some()) ASSERT_LT(++folds, 40'000);
    EXPECT_GT(folds, 1'000);
    ASSERT_TRUE(house.index->flush());
    EXPECT_FALSE(house.fold_some());
}

}  // namespace lifeline::journal
