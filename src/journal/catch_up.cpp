#include "journal/catch_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "journal/chain_walk.h"
#include "journal/journal_file.h"

namespace lifeline::journal {

namespace {

// While the index is rebuilt from far behind, memory stays bounded by this many events.
constexpr std::size_t rebuild_flush_events = 65'536;

// The newest seal that speaks of a row this journal has, far enough back.
Result<std::optional<HeadMark>> find_trusted(sql::Database& database,
                                             const std::vector<Epoch>& epochs,
                                             const SealFile& seals, const SealPolicy& policy,
                                             std::uint64_t head) {
    // The last row is always checked: the next one's time follows from it.
    const std::uint64_t checked = std::max<std::uint64_t>(policy.events_always_checked, 1);
    if (head <= checked) return std::nullopt;
    std::uint64_t below = head - checked;
    for (;;) {
        const auto seal = seals.newest(below);
        if (!seal || !*seal || (*seal)->position == 0) return seal;
        const auto row = row_at_or_before(database, (*seal)->position);
        if (!row) return fail(row.error());
        // A seal of an epoch that was given up speaks of rows that were lost.
        if (*row && epoch_of(epochs, (*row)->first_position).id() == (*seal)->epoch) {
            if ((*row)->last_position == (*seal)->position && (*row)->hash == (*seal)->hash)
                return seal;
            return fail(
                Code::corrupt, "journal_differs",
                fmt::format("the row that ends at position {} is not the one that was sealed",
                            (*seal)->position));
        }
        below = (*seal)->position - 1;
    }
}

// Rows that a seal vouches for but the index does not know: that none is missing and each record
// is what was written has to be seen before they are folded, their hashes need not be computed.
class LinkWalk {
public:
    explicit LinkWalk(const HeadMark& from) : position_(from.position), hash_(view(from.hash)) {}

    Status next(const StoredRow& stored) {
        if (stored.first_position != position_ + 1 || stored.previous != hash_)
            return fail(Code::corrupt, "journal_corrupt",
                        fmt::format("the row at position {} is missing or is not the one that was "
                                    "written: the next begins at {}",
                                    position_ + 1, stored.first_position));
        const auto row = RowView::open(stored.body, stored.first_position, stored.count);
        if (!row) return fail(row.error());
        for (std::uint64_t i = 0; i < row->count(); ++i)
            if (const auto record = row->record(i); !record) return fail(record.error());
        position_ = stored.last_position();
        hash_ = stored.hash;
        return {};
    }

private:
    std::uint64_t position_;
    std::string hash_;
};

// Folds rows into the index, one entry a record.
class Folding {
public:
    explicit Folding(Index& index, const std::vector<Epoch>& epochs)
        : index_(index), epochs_(epochs) {}

    Status next(const RowView& row, const Digest& hash) {
        entries_.clear();
        batches_.clear();
        entries_.reserve(row.count());  // The batches point into it.
        for (std::uint64_t i = 0; i < row.count(); ++i) {
            const auto record = row.record(i);
            if (!record) return fail(record.error());
            if (auto follows = check_follows(*record, row.first_position() + i); !follows)
                return follows;
            entries_.push_back(
                {Place(row.first_position(), i), index_.id_hash()(record->event_id)});
            batches_.push_back(
                {record->stream, record->seq, std::span(&entries_.back(), 1), row.time().wall});
        }
        const EpochId epoch = epoch_of(epochs_, row.first_position()).id();
        const HeadMark head{epoch, row.first_position() + row.count() - 1, hash};
        if (auto done = index_.fold(batches_, head); !done) return fail(done.error());
        folded_ += entries_.size();
        if (folded_ < rebuild_flush_events) return {};
        folded_ = 0;
        heads_.clear();  // The index has them all.
        return index_.flush();
    }

private:
    // The chain holds over whatever was appended, also over a stream that began twice.
    Status check_follows(const RecordView& record, std::uint64_t position) {
        const auto [known, first_sight] = heads_.try_emplace(std::string(record.stream), 0);
        if (first_sight) {
            const auto head = index_.head(known->first);
            if (!head) return fail(head.error());
            known->second = *head;
        }
        if (record.seq != ++known->second)
            return fail(Code::corrupt, "journal_corrupt",
                        fmt::format("the record at position {} is seq {} of {}, where {} is due",
                                    position, record.seq, record.stream, known->second));
        return {};
    }

    Index& index_;
    const std::vector<Epoch>& epochs_;
    std::vector<IndexEntry> entries_;
    std::vector<IndexedBatch> batches_;
    std::unordered_map<std::string, std::uint64_t> heads_;  // Of the streams seen lately.
    std::size_t folded_ = 0;
};

}  // namespace

Result<CaughtUp> check_tail(sql::Database& database, const std::vector<Epoch>& epochs,
                            const SealFile& seals, const SealPolicy& policy, std::uint64_t head,
                            const HeadMark& indexed) {
    auto trusted = find_trusted(database, epochs, seals, policy, head);
    if (!trusted) return fail(trusted.error());
    const HeadMark start = trusted->value_or(HeadMark{});
    ChainWalk chain(epochs, start.position, start.hash);
    LinkWalk links(indexed);
    const auto each = [&](const StoredRow& stored) -> Result<bool> {
        if (stored.first_position <= start.position) {
            if (auto linked = links.next(stored); !linked) return fail(linked.error());
        } else if (const auto row = chain.next(stored); !row) {
            return fail(row.error());
        }
        return true;
    };
    const std::uint64_t from = std::min(start.position, indexed.position);
    if (auto walked = for_each_row(database, from, each); !walked) return fail(walked.error());
    return CaughtUp{.wall = chain.time().wall, .trusted = *trusted};
}

Status fold_rows(sql::Database& database, const std::vector<Epoch>& epochs, Index& index) {
    Folding folding(index, epochs);
    const auto each = [&](const StoredRow& stored) -> Result<bool> {
        const auto row = RowView::open(stored.body, stored.first_position, stored.count);
        if (!row) return fail(row.error());
        const auto hash = to_digest(stored.hash);
        if (!hash) return fail(hash.error());
        if (auto folded = folding.next(*row, *hash); !folded) return fail(folded.error());
        return true;
    };
    return for_each_row(database, index.cursor().position, each);
}

}  // namespace lifeline::journal
