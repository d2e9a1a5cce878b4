#include "journal/opening.h"

#include <fmt/format.h>

#include "base/text.h"
#include "journal/catch_up.h"
#include "journal/journal_file.h"
#include "journal/presence.h"
#include "journal/staging.h"

namespace lifeline::journal {

namespace {

// Whatever was signed with a lost key could never be checked again, so one is made only where
// nothing was: beside an empty journal that has no mark.
Result<FolderKey> key_of(const Folder& folder, const Presence& found, Random& random) {
    if (!found.key) return FolderKey::create(folder, random);
    auto key = FolderKey::open(folder);
    const bool never_used = !found.mark && found.sign.empty();
    if (!key && key.error().reason == "journal_key_invalid" && never_used)
        return FolderKey::create(folder, random);
    return key;
}

Result<MarkFile> mark_of(const Folder& folder, const FolderKey& key, const Presence& found,
                         const HeadMark& head) {
    // A mark that is missing or torn beside an empty journal was never finished, unless something
    // is there that only comes after it.
    const bool unfinished = head.position == 0 && found.sign.empty();
    if (!found.mark && unfinished) return MarkFile::create(folder, key, head);
    auto mark = MarkFile::open(folder, key);
    if (!mark && mark.error().reason == "mark_corrupt" && unfinished)
        return MarkFile::create(folder, key, head);
    return mark;
}

Status refuse_unmarked(const Folder& folder, const Presence& found, const HeadMark& head) {
    if (found.mark || (head.position == 0 && found.sign.empty())) return {};
    return fail(Code::corrupt, "mark_missing",
                fmt::format("{} is not there, but the journal has {} events: whether some are "
                            "missing cannot be told",
                            folder.mark(), head.position));
}

Result<sql::Database> database_of(const Folder& folder, const Presence& found, Clock& clock,
                                  Random& random) {
    if (found.database) return open_journal_file(folder, {.access = sql::Access::write});
    Epoch first;
    first.at = clock.wall();
    first.random = random.bytes<sizeof(Salt)>();
    return create_journal_file(folder, first);
}

Result<std::optional<IndexStore>> find_index(const Folder& folder, sql::Database& database,
                                             const std::vector<Epoch>& epochs) {
    return IndexStore::open(folder, [&](const HeadMark& cursor) -> Result<bool> {
        if (cursor.position == 0) return true;
        const auto row = row_at_or_before(database, cursor.position);
        if (!row) return fail(row.error());
        return *row && (*row)->last_position == cursor.position && (*row)->hash == cursor.hash &&
               epoch_of(epochs, (*row)->first_position).id() == cursor.epoch;
    });
}

// The index that is there, or else a new one, caught up with the journal.
Result<std::unique_ptr<Index>> index_of(const Folder& folder, sql::Database& database,
                                        const std::vector<Epoch>& epochs,
                                        std::optional<IndexStore> store, const IndexPolicy& policy,
                                        Random& random) {
    if (store) {
        auto index = std::make_unique<Index>(std::move(*store), policy);
        const auto folded = fold_rows(database, epochs, *index);
        if (folded) return index;
        if (folded.error().reason != "index_corrupt") return fail(folded.error());
    }
    auto made = IndexStore::create(folder, random);
    if (!made) return fail(made.error());
    auto index = std::make_unique<Index>(std::move(*made), policy);
    if (auto folded = fold_rows(database, epochs, *index); !folded) return fail(folded.error());
    return index;
}

// First everything that may refuse, then whatever is made or written: a folder that was refused is
// as it was, and opens once what is wrong with it is put right.
Result<OpenedFolder> open_checked(const Folder& folder, const Policies& policies, Clock& clock,
                                  Random& random) {
    auto lock = FolderLock::take(folder);
    if (!lock) return fail(lock.error());
    if (auto finished = finish_take_over(folder); !finished) return fail(finished.error());
    const auto found = look(folder);
    if (!found) return fail(found.error());
    auto database = database_of(folder, *found, clock, random);
    if (!database) return fail(database.error());
    auto epochs = load_epochs(*database);
    if (!epochs) return fail(epochs.error());
    const EpochId epoch = epochs->back().id();

    // The mark before the walk: what it finds missing is worth knowing sooner and cheaper.
    const auto last = last_row(*database);
    if (!last) return fail(last.error());
    const HeadMark head{epoch, last->last_position, last->hash};
    if (auto marked = refuse_unmarked(folder, *found, head); !marked) return fail(marked.error());
    auto key = key_of(folder, *found, random);
    if (!key) return fail(key.error());
    auto mark = mark_of(folder, *key, *found, head);
    if (!mark) return fail(mark.error());
    if (auto checked = check_mark(*database, *epochs, mark->newest()); !checked)
        return fail(checked.error());

    auto seals = SealFile::open(folder, *key);
    if (!seals) return fail(seals.error());
    auto store = find_index(folder, *database, *epochs);
    if (!store) return fail(store.error());
    const HeadMark indexed = *store ? (*store)->cursor() : HeadMark{};
    const auto checked =
        check_tail(*database, *epochs, *seals, policies.seals, head.position, indexed);
    if (!checked) return fail(checked.error());
    auto index = index_of(folder, *database, *epochs, std::move(*store), policies.index, random);
    if (!index) return fail(index.error());

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
                        .head = {epoch, head.position, head.hash, checked->wall},
                        .mark = std::move(*mark),
                        .seals = std::move(*seals),
                        .index = std::move(*index),
                        .trusted = checked->trusted};
}

}  // namespace

Error with_advice(Error error) {
    const bool has_its_own =
        error.reason == "journal_key_missing" || error.reason == "index_corrupt";
    const bool lost = error.code == Code::corrupt || error.reason == "journal_missing";
    if (!lost || has_its_own) return error;
    error.detail +=
        "; put the right file back, restore a backup (lifeline restore), or go on without what is "
        "lost (lifeline journal accept-loss)";
    return error;
}

Result<OpenedFolder> open_folder(const Folder& folder, const Policies& policies, Clock& clock,
                                 Random& random) {
    auto opened = open_checked(folder, policies, clock, random);
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
