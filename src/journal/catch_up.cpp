#include "journal/catch_up.h"

#include <fmt/format.h>

#include <algorithm>

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
            entries_.push_back(
                {Place(row.first_position(), i), index_.id_hash()(record->event_id)});
            batches_.push_back(
                {record->stream, record->seq, std::span(&entries_.back(), 1), row.time().wall});
        }
        const EpochId epoch = epoch_of(epochs_, row.first_position()).id();
        index_.fold(batches_, {epoch, row.first_position() + row.count() - 1, hash});
        folded_ += entries_.size();
        if (folded_ < rebuild_flush_events) return {};
        folded_ = 0;
        return index_.flush();
    }

private:
    Index& index_;
    const std::vector<Epoch>& epochs_;
    std::vector<IndexEntry> entries_;
    std::vector<IndexedBatch> batches_;
    std::size_t folded_ = 0;
};

}  // namespace

Result<CaughtUp> check_tail(sql::Database& database, const std::vector<Epoch>& epochs,
                            const SealFile& seals, const SealPolicy& policy, std::uint64_t head) {
    auto trusted = find_trusted(database, epochs, seals, policy, head);
    if (!trusted) return fail(trusted.error());
    const HeadMark start = trusted->value_or(HeadMark{});
    ChainWalk chain(epochs, start.position, start.hash);
    const auto each = [&](const StoredRow& stored) -> Result<bool> {
        if (const auto row = chain.next(stored); !row) return fail(row.error());
        return true;
    };
    if (auto walked = for_each_row(database, start.position, each); !walked)
        return fail(walked.error());
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
