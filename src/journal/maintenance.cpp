#include "journal/maintenance.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "journal/chain_walk.h"
#include "journal/journal_copy.h"
#include "journal/journal_file.h"
#include "journal/mark.h"
#include "journal/opening.h"
#include "journal/staging.h"
#include "journal/verify.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> from_system(const std::string& doing, const std::error_code& error) {
    return fail(Code::unavailable, "storage_failed", doing + ": " + error.message());
}

std::unexpected<Error> failed_with(Error error, std::string_view advice) {
    error.detail += advice;
    return fail(std::move(error));
}

Status refuse_occupied(const Folder& folder) {
    std::error_code error;
    if (!fs::exists(folder.path, error)) return {};
    if (fs::is_empty(folder.path, error) && !error) return {};
    return fail(Code::conflict, "folder_not_empty",
                folder.path + " is not empty; name a folder that is empty or not there");
}

Status copy_key(const Folder& from, const Folder& to) {
    std::error_code error;
    fs::copy_file(from.key(), to.key(), fs::copy_options::overwrite_existing, error);
    if (error) return from_system("copy " + from.key(), error);
    ::chmod(to.key().c_str(), S_IRUSR | S_IWUSR);
    // It is on the disk before anything is signed with it.
    auto file = sql::File::open(to.key());
    if (!file) return fail(file.error());
    return file->sync();
}

// A command that read what it writes would read what it has just moved away.
Status refuse_itself(const Folder& from, const Folder& to) {
    std::error_code error;
    const bool same = fs::equivalent(from.path, to.path, error) ||
                      fs::equivalent(from.database(), to.database(), error);
    if (!same) return {};
    return fail(Code::conflict, "same_folder",
                fmt::format("{} and {} are one folder", from.path, to.path));
}

// Whatever looks like a journal's folder; nothing is made where there is none.
Status refuse_stranger(const Folder& folder) {
    const auto missing = [&] {
        return fail(Code::not_found, "journal_missing", folder.path + " has no journal");
    };
    std::error_code error;
    if (take_over_is_unfinished(folder)) return {};
    for (const std::string& path : {folder.database(), folder.mark()})
        if (fs::exists(path, error)) return {};
    return missing();
}

// The lock, and an end to what an earlier command began.
Result<FolderLock> take_for_change(const Folder& folder) {
    auto lock = FolderLock::take(folder);
    if (!lock) return lock;
    if (auto finished = finish_take_over(folder); !finished) return fail(finished.error());
    return lock;
}

// The key in use, for the journal that is built beside: none only where none can be used any more.
Status bring_key(const Folder& from, const Folder& to) {
    const auto key = FolderKey::open(from);
    if (key) return copy_key(from, to);
    if (key.error().code == Code::not_found || key.error().reason == "journal_key_invalid")
        return {};
    return fail(key.error());
}

// The mark and the key are replaced where they stand: what they were is kept beside. The index may
// know events that are lost, so it goes there too.
Result<std::string> keep_former(const Folder& folder, Clock& clock) {
    std::string kept = free_replaced_name(folder, clock);
    std::error_code error;
    fs::create_directory(kept, error);
    if (error) return from_system("make " + kept, error);
    ::chmod(kept.c_str(), S_IRWXU);
    const auto place = [&](const std::string& path) {
        return fs::path(kept) / fs::path(path).filename();
    };
    for (const std::string& path : {folder.mark(), folder.key()}) {
        if (fs::exists(path, error)) fs::copy_file(path, place(path), error);
        if (error) return from_system("copy " + path, error);
    }
    for (const char* suffix : {"", "-wal", "-shm"}) {
        const std::string path = folder.index() + suffix;
        if (fs::exists(path, error)) fs::rename(path, place(path), error);
        if (error) return from_system("move " + path, error);
    }
    return kept;
}

// What the folder's own mark says, if it can be read.
std::optional<HeadMark> known_head(const Folder& folder) {
    const auto key = FolderKey::open(folder);
    if (!key) return std::nullopt;
    const auto mark = MarkFile::open(folder, *key);
    if (!mark) return std::nullopt;
    return mark->newest();
}

// Begins the new epoch behind `head`, and signs it.
Result<NewEpochReport> begin_epoch(const Folder& folder, sql::Database& database, EpochCause cause,
                                   const HeadMark& head, const HeadMark& lost, Clock& clock,
                                   Random& random) {
    Epoch epoch;
    epoch.cause = cause;
    epoch.first_position = head.position + 1;
    epoch.at = clock.wall();
    epoch.random = random.bytes<sizeof(Salt)>();
    epoch.lost = lost;
    auto key = FolderKey::open(folder);
    if (!key &&
        (key.error().code == Code::not_found || key.error().reason == "journal_key_invalid"))
        key = FolderKey::create(folder, random);
    if (!key) return fail(key.error());
    if (auto added = add_epoch(database, epoch); !added) return fail(added.error());
    if (auto moved = database.checkpoint(sql::Checkpoint::truncate); !moved)
        return fail(moved.error());
    const auto mark = MarkFile::create(folder, *key, {epoch.id(), head.position, head.hash});
    if (!mark) return fail(mark.error());
    return NewEpochReport{
        .old_epoch = epoch_text(lost.epoch),
        .new_epoch = epoch_text(epoch.id()),
        .events = head.position,
        .events_lost = lost.position > head.position ? lost.position - head.position : 0,
        .replaced = {}};
}

// The new epoch behind what was built, all of it checked once more, and then in its place.
Result<NewEpochReport> take_over(Staging staging, Copied built, EpochCause cause,
                                 const HeadMark& lost, Clock& clock, Random& random) {
    auto report =
        begin_epoch(staging.folder(), built.database, cause, built.head, lost, clock, random);
    if (!report) return report;
    {
        const sql::Database closed = std::move(built.database);
    }
    const auto checked = verify(staging.folder());
    if (!checked) return fail(checked.error());
    if (!checked->ok()) return fail(checked->problems.front());
    auto replaced = staging.take_over(clock);
    if (!replaced) return fail(replaced.error());
    report->replaced = std::move(*replaced);
    return report;
}

// Builds the good part of the files anew.
Result<NewEpochReport> rebuild(const Folder& folder, const std::optional<HeadMark>& known,
                               Clock& clock, Random& random) {
    auto staging = Staging::begin(folder);
    if (!staging) return fail(staging.error());
    auto copied = copy_journal(folder, staging->folder(), OnDamage::stop);
    if (!copied)
        return failed_with(copied.error(),
                           "; nothing can be saved from it, and nothing was changed: restore a "
                           "backup (lifeline restore)");
    if (auto keyed = bring_key(folder, staging->folder()); !keyed) return fail(keyed.error());
    const HeadMark lost = known.value_or(copied->head);
    return take_over(std::move(*staging), std::move(*copied), EpochCause::accepted_loss, lost,
                     clock, random);
}

// A folder of which only the mark is left.
Result<NewEpochReport> begin_anew(const Folder& folder, const std::optional<HeadMark>& known,
                                  Clock& clock, Random& random) {
    if (!known)
        return fail(Code::not_found, "journal_missing",
                    folder.path + " has neither a journal nor a mark that its key signed");
    auto staging = Staging::begin(folder);
    if (!staging) return fail(staging.error());
    Epoch first;
    first.at = clock.wall();
    first.random = random.bytes<sizeof(Salt)>();
    auto database = create_journal_file(staging->folder(), first);
    if (!database) return fail(database.error());
    if (auto keyed = bring_key(folder, staging->folder()); !keyed) return fail(keyed.error());
    Copied built{.database = std::move(*database), .epochs = {first}, .head = {}, .bad = {}};
    return take_over(std::move(*staging), std::move(built), EpochCause::accepted_loss, *known,
                     clock, random);
}

struct Whole {
    std::vector<Epoch> epochs;
    HeadMark head;
};

// The journal, if every row of it is as it was written.
Result<Whole> walk_whole(sql::Database& database) {
    auto epochs = load_epochs(database);
    if (!epochs) return fail(epochs.error());
    ChainWalk chain(*epochs);
    auto walked = for_each_row(database, 0, [&](const StoredRow& row) -> Result<bool> {
        if (const auto checked = chain.next(row); !checked) return fail(checked.error());
        return true;
    });
    if (!walked) return fail(walked.error());
    const HeadMark head{epochs->back().id(), chain.position(), chain.hash()};
    return Whole{std::move(*epochs), head};
}

}  // namespace

Result<BackupReport> backup(const Folder& from, const Folder& to) {
    if (auto free = refuse_occupied(to); !free) return fail(free.error());
    const auto key = FolderKey::open(from);
    if (!key) return fail(key.error());
    const auto mark = MarkFile::open(from, *key);
    if (!mark) return fail(mark.error());
    auto lock = FolderLock::take(to);
    if (!lock) return fail(lock.error());
    auto copied = copy_journal(from, to, OnDamage::refuse);
    if (!copied) return fail(copied.error());
    if (auto held = check_mark(copied->database, copied->epochs, mark->newest()); !held)
        return fail(held.error());
    if (auto keyed = copy_key(from, to); !keyed) return fail(keyed.error());
    // The mark comes last: a folder without one is a backup that was never finished.
    if (const auto made = MarkFile::create(to, *key, copied->head); !made)
        return fail(made.error());
    return BackupReport{epoch_text(copied->head.epoch), copied->head.position};
}

Result<NewEpochReport> restore(const Folder& backup, const Folder& to, Clock& clock,
                               Random& random) {
    if (auto other = refuse_itself(backup, to); !other) return fail(other.error());
    const auto backup_head = known_head(backup);
    if (!backup_head)
        return fail(Code::corrupt, "mark_missing",
                    backup.path + " has no mark that its key signed: it is no finished backup");
    auto lock = take_for_change(to);
    if (!lock) return fail(lock.error());
    auto staging = Staging::begin(to);
    if (!staging) return fail(staging.error());
    auto copied = copy_journal(backup, staging->folder(), OnDamage::refuse);
    if (!copied) return fail(copied.error());
    if (auto held = check_mark(copied->database, copied->epochs, *backup_head); !held)
        return fail(held.error());
    const auto known = known_head(to);
    if (auto keyed = copy_key(known ? to : backup, staging->folder()); !keyed)
        return fail(keyed.error());
    const HeadMark lost = known.value_or(copied->head);
    return take_over(std::move(*staging), std::move(*copied), EpochCause::restored, lost, clock,
                     random);
}

Result<NewEpochReport> accept_loss(const Folder& folder, Clock& clock, Random& random) {
    if (auto ours = refuse_stranger(folder); !ours) return fail(ours.error());
    auto lock = take_for_change(folder);
    if (!lock) return fail(lock.error());
    const auto known = known_head(folder);
    const auto there = sql::file_exists(folder.database(), folder.vfs);
    if (!there) return fail(there.error());
    if (!*there) return begin_anew(folder, known, clock, random);
    // To be read first: what is no journal of ours is not even opened for writing.
    auto database = open_journal_file(folder, {.access = sql::Access::read});
    if (!database)
        return failed_with(database.error(),
                           "; nothing can be saved from it, and nothing was changed: restore a "
                           "backup (lifeline restore)");
    const auto whole = walk_whole(*database);
    if (!whole && whole.error().code != Code::corrupt) return fail(whole.error());
    if (!whole) return rebuild(folder, known, clock, random);
    if (known && check_mark(*database, whole->epochs, *known))
        return fail(Code::conflict, "nothing_lost", folder.path + " is whole; start the server");
    auto kept = keep_former(folder, clock);
    if (!kept) return fail(kept.error());
    database = open_journal_file(folder, {.access = sql::Access::write});
    if (!database) return fail(database.error());
    auto report = begin_epoch(folder, *database, EpochCause::accepted_loss, whole->head,
                              known.value_or(whole->head), clock, random);
    if (report) report->replaced = std::move(*kept);
    return report;
}

}  // namespace lifeline::journal
