#include "journal/index_check.h"

#include <fmt/format.h>

#include "journal/encoding.h"
#include "journal/index_corrupt.h"
#include "journal/index_rows.h"
#include "journal/index_scan.h"
#include "sql/file.h"

namespace lifeline::journal {

void IndexCheck::Run::add(const IndexEntry& entry) {
    std::string text;
    put(text, entry.place.row());
    put(text, entry.place.ordinal());
    put(text, entry.id_hash);
    digest = checksum(text, digest);
    ++count;
}

Result<std::optional<IndexCheck>> IndexCheck::open(const Folder& folder) {
    const auto there = sql::file_exists(folder.index(), folder.vfs);
    if (!there) return fail(there.error());
    if (!*there) return std::nullopt;
    auto database = sql::Database::open(folder.index(), {.vfs = folder.vfs});
    if (!database) return fail(about_index(database.error()));
    const auto transaction = sql::Transaction::begin(*database, sql::Transaction::Kind::read);
    if (!transaction) return fail(about_index(transaction.error()));
    if (auto known = check_index_format(*database); !known) return fail(about_index(known.error()));
    const auto state = load_state(*database);
    if (!state) return fail(about_index(state.error()));
    IndexCheck check(state->cursor, KeyedHash(state->secret));
    const auto scanned =
        scan_index(*database, state->cursor.position,
                   [&](const std::string& stream, std::span<const IndexEntry> entries) {
                       Run& run = check.indexed_[stream];
                       for (const IndexEntry& entry : entries) run.add(entry);
                   });
    if (!scanned) return fail(about_index(scanned.error()));
    return check;
}

void IndexCheck::next_row(const StoredRow& stored, const EpochId& epoch) {
    if (stored.last_position() == cursor_.position)
        cursor_found_ = stored.hash == view(cursor_.hash) && epoch == cursor_.epoch;
}

void IndexCheck::next(const RecordView& record, const Place& place) {
    if (place.position() > cursor_.position) return;
    stored_[std::string(record.stream)].add({place, id_hash_(record.event_id)});
}

Status IndexCheck::finish() const {
    if (cursor_.position > 0 && !cursor_found_)
        return index_corrupt(
            fmt::format("it ends at position {} of another history", cursor_.position));
    for (const auto& [stream, run] : stored_) {
        const auto known = indexed_.find(stream);
        if (known == indexed_.end() || known->second != run)
            return index_corrupt(stream + " is not as the journal has it");
    }
    for (const auto& [stream, run] : indexed_)
        if (!stored_.contains(stream)) return index_corrupt(stream + " is not in the journal");
    return {};
}

}  // namespace lifeline::journal
