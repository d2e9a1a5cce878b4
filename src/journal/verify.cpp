#include "journal/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "journal/chain_walk.h"
#include "journal/checksum.h"
#include "journal/journal_file.h"
#include "journal/mark.h"
#include "journal/opening.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

// What the chain cannot know: that streams have no gap and no eventId stands twice.
class StreamCheck {
public:
    Status next(const RecordView& record, std::uint64_t position) {
        std::uint64_t& head = heads_[std::string(record.stream)];
        if (record.seq != head + 1)
            return fail(Code::corrupt, "journal_corrupt",
                        fmt::format("the record at position {} is seq {} of {}, which stood at {}",
                                    position, record.seq, record.stream, head));
        ++head;
        ids_.emplace_back(checksum(record.event_id, checksum(record.stream, 0)), position);
        return {};
    }
    Status finish() {
        std::ranges::sort(ids_);
        for (std::size_t i = 1; i < ids_.size(); ++i)
            if (ids_[i].first == ids_[i - 1].first)
                return fail(Code::corrupt, "journal_corrupt",
                            fmt::format("the records at positions {} and {} have one eventId",
                                        ids_[i - 1].second, ids_[i].second));
        return {};
    }
    std::uint64_t streams() const { return heads_.size(); }

private:
    std::unordered_map<std::string, std::uint64_t> heads_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ids_;  // Hash and position.
};

Status check_rows(sql::Database& database, const std::vector<Epoch>& epochs, VerifyReport& report) {
    ChainWalk chain(epochs);
    StreamCheck streams;
    const auto each = [&](const StoredRow& stored) -> Result<bool> {
        const auto row = chain.next(stored);
        if (!row) return fail(row.error());
        for (std::uint64_t i = 0; i < row->count(); ++i) {
            const auto record = row->record(i);
            if (!record) return fail(record.error());
            if (auto next = streams.next(*record, row->first_position() + i); !next)
                return fail(next.error());
            ++report.events;
            report.erased += record->erased ? 1 : 0;
        }
        ++report.rows;
        report.head = chain.position();
        return true;
    };
    auto done = for_each_row_sliced(database, 0, each);
    report.streams = streams.streams();
    return done ? streams.finish() : done;
}

Result<HeadMark> read_mark(const Folder& folder) {
    const auto key = FolderKey::open(folder);
    if (!key && key.error().code == Code::not_found)
        return fail(Code::corrupt, "journal_key_missing", folder.key() + " is not there");
    if (!key) return fail(key.error());
    const auto mark = MarkFile::open(folder, *key);
    if (!mark) return fail(mark.error());
    return mark->newest();
}

}  // namespace

Result<VerifyReport> verify(const Folder& folder) {
    const auto there = sql::file_exists(folder.database(), folder.vfs);
    if (!there) return fail(there.error());
    if (!*there)
        return fail(Code::not_found, "journal_missing", folder.database() + " is not there");
    VerifyReport report;
    const auto note = [&report](const Error& error) {
        if (!report.problem) report.problem = with_advice(error);
    };
    // The mark first: beside a running server the journal is then at least as far.
    const auto mark = read_mark(folder);
    if (!mark) note(mark.error());

    auto database = open_journal_file(folder, {.access = sql::Access::read});
    if (!database) return note(database.error()), report;
    const auto epochs = load_epochs(*database);
    if (!epochs) return note(epochs.error()), report;
    report.epoch = epoch_text(epochs->back().id());
    if (mark) {
        report.marked = mark->position;
        if (auto held = check_mark(*database, *epochs, *mark); !held) note(held.error());
    }
    if (auto checked = check_rows(*database, *epochs, report); !checked) note(checked.error());
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
                const auto go_on =
                    each({std::string(record->stream), stored_event(*record, place)});
                if (!go_on || !*go_on) return go_on;
            }
            return true;
        });
}

}  // namespace lifeline::journal
