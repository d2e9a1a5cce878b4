#include "journal/opening.h"

#include <fmt/format.h>

#include "base/text.h"
#include "journal/catch_up.h"
#include "journal/journal_file.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

// What is there before anything is opened.
struct Found {
    bool database = false;
    bool mark = false;
    bool key = false;
};

Result<Found> look(const Folder& folder) {
    const auto database = sql::file_exists(folder.database(), folder.vfs);
    if (!database) return fail(database.error());
    const auto mark = sql::file_exists(folder.mark(), folder.vfs);
    if (!mark) return fail(mark.error());
    const auto key = sql::file_exists(folder.key(), folder.vfs);
    if (!key) return fail(key.error());
    return Found{*database, *mark, *key};
}

// A power cut while the folder was being made leaves a database without a table.
Result<bool> is_blank(const Folder& folder) {
    auto database =
        sql::Database::open(folder.database(), {.access = sql::Access::write, .vfs = folder.vfs});
    if (!database) return fail(database.error());
    const auto id = database->number("pragma application_id");
    if (!id) return fail(id.error());
    const auto tables = database->number("select count(*) from sqlite_master");
    if (!tables) return fail(tables.error());
    return *id == 0 && *tables == 0;
}

Status refuse_missing(const Folder& folder, const Found& found) {
    if (found.mark && !found.database)
        return fail(Code::corrupt, "journal_missing",
                    fmt::format("{} is there, but {} is not", folder.mark(), folder.database()));
    if (found.mark && !found.key)
        return fail(Code::corrupt, "journal_key_missing",
                    fmt::format("{} is not there; put it back, or go on in a new epoch (lifeline "
                                "journal accept-loss)",
                                folder.key()));
    return {};
}

Result<FolderKey> key_of(const Folder& folder, const Found& found, Random& random) {
    // Without a mark nothing was ever signed with it.
    return found.mark ? FolderKey::open(folder) : FolderKey::create(folder, random);
}

Result<MarkFile> mark_of(const Folder& folder, const FolderKey& key, const Found& found,
                         const HeadMark& head) {
    // A mark that is missing or torn beside an empty journal was never finished.
    if (!found.mark) {
        if (head.position == 0) return MarkFile::create(folder, key, head);
        return fail(Code::corrupt, "mark_missing",
                    fmt::format("{} is not there, but the journal has {} events: whether some are "
                                "missing cannot be told",
                                folder.mark(), head.position));
    }
    auto mark = MarkFile::open(folder, key);
    if (mark || mark.error().reason != "mark_corrupt") return mark;
    if (head.position == 0) return MarkFile::create(folder, key, head);
    return mark;
}

Result<std::unique_ptr<Index>> open_index(const Folder& folder, sql::Database& database,
                                          const std::vector<Epoch>& epochs, Random& random) {
    auto store = IndexStore::open(folder, random, [&](const HeadMark& cursor) -> Result<bool> {
        if (cursor.position == 0) return true;
        const auto row = row_at_or_before(database, cursor.position);
        if (!row) return fail(row.error());
        return *row && (*row)->last_position == cursor.position && (*row)->hash == cursor.hash &&
               epoch_of(epochs, (*row)->first_position).id() == cursor.epoch;
    });
    if (!store) return fail(store.error());
    return std::make_unique<Index>(std::move(*store));
}

Result<OpenedFolder> open_checked(const Folder& folder, const SealPolicy& policy, Clock& clock,
                                  Random& random) {
    auto lock = FolderLock::take(folder);
    if (!lock) return fail(lock.error());
    const auto found = look(folder);
    if (!found) return fail(found.error());
    if (auto whole = refuse_missing(folder, *found); !whole) return fail(whole.error());

    bool make = !found->database;
    if (!make && !found->mark) {
        const auto blank = is_blank(folder);
        if (!blank) return fail(blank.error());
        make = *blank;
    }
    auto key = key_of(folder, *found, random);
    if (!key) return fail(key.error());
    Epoch first;
    first.at = clock.wall();
    first.random = random.bytes<sizeof(Salt)>();
    auto database = make ? create_journal_file(folder, first)
                         : open_journal_file(folder, {.access = sql::Access::write});
    if (!database) return fail(database.error());
    auto epochs = load_epochs(*database);
    if (!epochs) return fail(epochs.error());
    const EpochId epoch = epochs->back().id();

    // The mark before the walk: what it finds missing is worth knowing sooner and cheaper.
    const auto last = last_row(*database);
    if (!last) return fail(last.error());
    const HeadMark head{epoch, last->last_position, last->hash};
    auto mark = mark_of(folder, *key, *found, head);
    if (!mark) return fail(mark.error());
    if (auto checked = check_mark(*database, *epochs, mark->newest()); !checked)
        return fail(checked.error());

    auto seals = SealFile::open(folder, *key);
    if (!seals) return fail(seals.error());
    auto index = open_index(folder, *database, *epochs, random);
    if (!index) return fail(index.error());
    const auto caught_up = catch_up(*database, *epochs, *seals, policy, head.position, **index);
    if (!caught_up) return fail(caught_up.error());

    // Rows beyond the mark are kept, and acknowledged from now on. They may have been read from
    // memory that a failed fsync never brought to the disk: so they are written once more, into the
    // database, and so is the mark, before anything is built on them.
    auto settled = database->checkpoint(sql::Checkpoint::truncate);
    if (settled) settled = mark->write(head);
    if (!settled) return fail(settled.error());
    return OpenedFolder{.lock = std::move(*lock),
                        .key = *key,
                        .database = std::move(*database),
                        .epochs = std::move(*epochs),
                        .head = {epoch, head.position, head.hash, caught_up->wall},
                        .mark = std::move(*mark),
                        .seals = std::move(*seals),
                        .index = std::move(*index),
                        .trusted = caught_up->trusted};
}

}  // namespace

Error with_advice(Error error) {
    const bool has_its_own =
        error.reason == "journal_key_missing" || error.reason == "format_newer";
    if (error.code != Code::corrupt || has_its_own) return error;
    error.detail +=
        "; put the right file back, restore a backup (lifeline restore), or go on without what is "
        "lost (lifeline journal accept-loss)";
    return error;
}

Result<OpenedFolder> open_folder(const Folder& folder, const SealPolicy& seals, Clock& clock,
                                 Random& random) {
    auto opened = open_checked(folder, seals, clock, random);
    if (!opened) return fail(with_advice(opened.error()));
    return opened;
}

Status check_mark(sql::Database& database, const std::vector<Epoch>& epochs, const HeadMark& mark) {
    const Epoch& epoch = epochs.back();
    if (mark.epoch != epoch.id()) {
        // A new epoch was begun from exactly this mark, and a crash came before the next.
        if (epoch.cause != EpochCause::created && epoch.lost == mark) return {};
        return fail(
            Code::corrupt, "journal_differs",
            fmt::format("journal.db is in epoch {}, journal.mark in {}: they are not of one "
                        "journal",
                        epoch_text(epoch.id()), epoch_text(mark.epoch)));
    }
    if (mark.position == 0) return {};
    const auto row = row_at_or_before(database, mark.position);
    if (!row) return fail(row.error());
    const auto last = last_row(database);
    if (!last) return fail(last.error());
    if (mark.position > last->last_position)
        return fail(
            Code::corrupt, "journal_tail_lost",
            fmt::format("journal.mark says that position {} was acknowledged, journal.db "
                        "ends at {}: {} events are missing",
                        mark.position, last->last_position, mark.position - last->last_position));
    if (!*row || (*row)->last_position != mark.position || (*row)->hash != mark.hash)
        return fail(
            Code::corrupt, "journal_differs",
            fmt::format("the row that ends at position {} is not the one that was "
                        "acknowledged (its hash is {}, the mark's {})",
                        mark.position, *row ? to_hex((*row)->hash) : "none", to_hex(mark.hash)));
    return {};
}

}  // namespace lifeline::journal
