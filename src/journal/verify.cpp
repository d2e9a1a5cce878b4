#include "journal/verify.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "journal/chain_walk.h"
#include "journal/index_check.h"
#include "journal/journal_file.h"
#include "journal/mark.h"
#include "journal/opening.h"
#include "journal/seals.h"
#include "journal/staging.h"
#include "journal/stream_check.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t problems_max = 50;

// One walk over all rows, past whatever is wrong with some of them.
class Walk {
public:
    Walk(const std::vector<Epoch>& epochs, const std::vector<HeadMark>& seals, IndexCheck* index,
         VerifyReport& report)
        : epochs_(epochs), chain_(epochs), index_(index), report_(report) {
        for (const HeadMark& seal : seals) seals_.emplace(seal.position, seal);
    }

    Status run(sql::Database& database) {
        auto walked = for_each_row_sliced(
            database, 0, [this](const StoredRow& row) -> Result<bool> { return next(row); });
        report_.streams = streams_.streams();
        if (!walked) return fail(placed(walked.error()));
        // What was passed over may stand a second time, or be what the index has.
        if (!whole_) return {};
        auto twice = streams_.finish(database);
        if (!twice) return fail(twice.error());
        for (Error& error : *twice) note(std::move(error));
        return {};
    }
    bool whole() const { return whole_; }

private:
    // True while there is room for what else is wrong.
    bool next(const StoredRow& stored) {
        if (const auto row = check(stored)) take(stored, *row);
        position_ = stored.last_position();
        ++report_.rows;
        if (!found_) report_.head = position_;
        return report_.problems.size() < problems_max;
    }
    std::optional<RowView> check(const StoredRow& stored) {
        auto row = chain_.next(stored);
        if (row) return *row;
        bad(row.error());
        // Perhaps the row is well and only does not follow the one before.
        const auto previous = to_digest(stored.previous);
        if (previous && stored.first_position > 0) {
            const Error first = row.error();
            chain_ = ChainWalk(epochs_, stored.first_position - 1, *previous);
            row = chain_.next(stored);
            if (row) return *row;
            if (row.error() != first) bad(row.error());
        }
        const auto hash = to_digest(stored.hash);
        chain_ = ChainWalk(epochs_, stored.last_position(), hash.value_or(Digest{}));
        return std::nullopt;
    }
    // Whoever has the folder's key can write another history, but not one that was sealed before.
    void hold_to_seals(const StoredRow& stored) {
        const std::uint64_t last = stored.last_position();
        const EpochId epoch = epoch_of(epochs_, stored.first_position).id();
        const auto hash = to_digest(stored.hash);
        const auto end = seals_.upper_bound(last);
        for (auto one = seals_.lower_bound(stored.first_position); one != end; ++one)
            if (one->second.epoch == epoch && (one->first != last || one->second.hash != hash))
                return bad({Code::corrupt, "journal_differs",
                            fmt::format("the row at position {} is not the one that was sealed",
                                        stored.first_position)});
    }
    void take(const StoredRow& stored, const RowView& row) {
        hold_to_seals(stored);
        if (index_) index_->next_row(stored, epoch_of(epochs_, row.first_position()).id());
        for (std::uint64_t i = 0; i < row.count(); ++i) {
            const auto record = row.record(i);
            if (!record) return bad(record.error());
            if (auto wrong = streams_.next(*record, row.first_position() + i))
                note(std::move(*wrong));
            if (index_) index_->next(*record, Place(row.first_position(), i));
            ++report_.events;
            report_.erased += record->erased ? 1 : 0;
        }
    }
    void bad(const Error& error) {
        whole_ = false;
        streams_.lose_track();
        note(error);
    }
    void note(Error error) {
        found_ = true;
        if (report_.problems.size() < problems_max)
            report_.problems.push_back(with_advice(std::move(error)));
    }
    // SQLite does not know which of our rows its bad page would have held.
    Error placed(Error error) const {
        error.detail += fmt::format(", after position {}", position_);
        return error;
    }

    const std::vector<Epoch>& epochs_;
    ChainWalk chain_;
    StreamCheck streams_;
    std::multimap<std::uint64_t, HeadMark> seals_;  // By their position.
    IndexCheck* index_;
    VerifyReport& report_;
    std::uint64_t position_ = 0;
    bool whole_ = true;   // All rows were read.
    bool found_ = false;  // Something is wrong with a row or a record.
};

Result<HeadMark> read_mark(const Folder& folder) {
    const auto key = FolderKey::open(folder);
    if (!key && key.error().code == Code::not_found)
        return fail(Code::corrupt, "journal_key_missing", folder.key() + " is not there");
    if (!key) return fail(key.error());
    const auto mark = MarkFile::open(folder, *key);
    if (!mark) return fail(mark.error());
    return mark->newest();
}

// None where there is no key, which is said elsewhere.
Result<std::vector<HeadMark>> read_seals(const Folder& folder) {
    const auto key = FolderKey::open(folder);
    if (!key) return std::vector<HeadMark>();
    const auto seals = SealFile::open(folder, *key);
    if (!seals) return fail(seals.error());
    return seals->all();
}

}  // namespace

Result<VerifyReport> verify(const Folder& folder) {
    if (take_over_is_unfinished(folder))
        return fail(Code::conflict, "restore_unfinished",
                    folder.incoming() +
                        " is whole but not in its place yet: start the server or "
                        "repeat the command, either ends it");
    const auto there = sql::file_exists(folder.database(), folder.vfs);
    if (!there) return fail(there.error());
    if (!*there)
        return fail(Code::not_found, "journal_missing", folder.database() + " is not there");
    VerifyReport report;
    const auto note = [&report](const Error& error) {
        report.problems.push_back(with_advice(error));
    };
    // Mark and index first: beside a running server the journal is then at least as far.
    const auto mark = read_mark(folder);
    if (!mark) note(mark.error());
    const auto seals = read_seals(folder);
    if (!seals) note(seals.error());
    auto index = IndexCheck::open(folder);
    if (!index) note(index.error());

    auto database = open_journal_file(folder, {.access = sql::Access::read});
    if (!database) return note(database.error()), report;
    const auto epochs = load_epochs(*database);
    if (!epochs) return note(epochs.error()), report;
    report.epoch = epoch_text(epochs->back().id());
    if (mark) {
        report.marked = mark->position;
        if (auto held = check_mark(*database, *epochs, *mark); !held) note(held.error());
    }
    IndexCheck* const indexed = index && *index ? &**index : nullptr;
    Walk walk(*epochs, seals.value_or(std::vector<HeadMark>()), indexed, report);
    if (auto walked = walk.run(*database); !walked) return note(walked.error()), report;
    // Of a journal that is not whole the index cannot be judged.
    if (indexed && walk.whole())
        if (auto agrees = indexed->finish(); !agrees) note(agrees.error());
    return report;
}

Status for_each_event(const Folder& folder, std::uint64_t after_position,
                      const std::function<Result<bool>(const JournalEvent&)>& each) {
    auto database = open_journal_file(folder, {.access = sql::Access::read});
    if (!database) return fail(database.error());
    return for_each_row_sliced(
        *database, after_position, [&](const StoredRow& stored) -> Result<bool> {
            const auto row = RowView::open(stored.body, stored.first_position, stored.count);
            if (!row) return fail(row.error());
            for (std::uint64_t i = 0; i < row->count(); ++i) {
                const RecordPlace place{row->first_position() + i, row->time().wall};
                if (place.position <= after_position) continue;
                const auto record = row->record(i);
                if (!record) return fail(record.error());
                const auto go_on = each({std::string(record->stream),
                                         stored_event(*record, place, row->time().steady)});
                if (!go_on || !*go_on) return go_on;
            }
            return true;
        });
}

}  // namespace lifeline::journal
