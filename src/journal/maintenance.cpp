#include "journal/maintenance.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "journal/chain_walk.h"
#include "journal/journal_file.h"
#include "journal/mark.h"
#include "journal/opening.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t rows_per_commit = 1024;

std::unexpected<Error> from_system(const std::string& doing, const std::error_code& error) {
    return fail(Code::internal, "storage_failed", doing + ": " + error.message());
}

std::unexpected<Error> failed_with(Error error, std::string_view advice) {
    error.detail += advice;
    return fail(std::move(error));
}

// Adds rows to a journal file in large transactions.
class RowCopy {
public:
    static Result<RowCopy> begin(sql::Database& target) {
        auto insert = target.prepare("insert into journal_row values(?, ?, ?, ?, ?)");
        if (!insert) return fail(insert.error());
        return RowCopy(target, std::move(*insert));
    }
    Status add(const StoredRow& row) {
        if (!transaction_) {
            auto begun = sql::Transaction::begin(*target_, sql::Transaction::Kind::write);
            if (!begun) return fail(begun.error());
            transaction_.emplace(std::move(*begun));
        }
        auto done = insert_.bind(1, row.first_position)
                        .bind(2, row.count)
                        .bind_bytes(3, row.previous)
                        .bind_bytes(4, row.hash)
                        .bind_bytes(5, row.body)
                        .run();
        if (!done || ++rows_ % rows_per_commit != 0) return done;
        return flush();
    }
    Status flush() {
        if (!transaction_) return {};
        auto done = transaction_->commit();
        transaction_.reset();
        if (!done) return done;
        return target_->checkpoint(sql::Checkpoint::passive);
    }

private:
    RowCopy(sql::Database& target, sql::Statement insert)
        : target_(&target), insert_(std::move(insert)) {}

    sql::Database* target_;
    sql::Statement insert_;
    std::optional<sql::Transaction> transaction_;
    std::uint64_t rows_ = 0;
};

struct Copied {
    sql::Database database;
    std::vector<Epoch> epochs;
    HeadMark head;
    std::optional<Error> bad;  // What ended the copy, when damage was allowed to.
};

enum class OnDamage { refuse, stop };

// Copies epochs and rows, checking each, to a new journal file. Rows that come while it runs stay
// behind.
Result<Copied> copy_journal(const Folder& from, const Folder& to, OnDamage on_damage) {
    auto source = open_journal_file(from, {.access = sql::Access::read});
    if (!source) return fail(source.error());
    auto epochs = load_epochs(*source);
    if (!epochs) return fail(epochs.error());
    auto target = create_journal_file(to, epochs->front());
    if (!target) return fail(target.error());
    for (std::size_t i = 1; i < epochs->size(); ++i)
        if (auto added = add_epoch(*target, (*epochs)[i]); !added) return fail(added.error());

    const auto last = last_row(*source);
    if (!last && on_damage == OnDamage::refuse) return fail(last.error());
    const std::uint64_t end = last ? last->last_position : UINT64_MAX;
    auto copy = RowCopy::begin(*target);
    if (!copy) return fail(copy.error());
    ChainWalk chain(*epochs);
    auto copied = for_each_row_sliced(*source, 0, [&](const StoredRow& row) -> Result<bool> {
        if (row.first_position > end) return false;
        if (const auto checked = chain.next(row); !checked) return fail(checked.error());
        if (auto added = copy->add(row); !added) return fail(added.error());
        return true;
    });
    const bool damaged = !copied && copied.error().code == Code::corrupt;
    if (!copied && !(damaged && on_damage == OnDamage::stop)) return fail(copied.error());
    auto settled = copy->flush();
    if (settled) settled = target->checkpoint(sql::Checkpoint::truncate);
    if (!settled) return fail(settled.error());
    const HeadMark head{epochs->back().id(), chain.position(), chain.hash()};
    return Copied{.database = std::move(*target),
                  .epochs = std::move(*epochs),
                  .head = head,
                  .bad = damaged ? std::optional(copied.error()) : std::nullopt};
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

// Moves a journal's files out of the way; gives where to, or nothing when there were none.
Result<std::string> set_aside(const Folder& folder, Clock& clock) {
    std::string name = folder.path + "/replaced-" + format_rfc3339(clock.wall());
    std::error_code error;
    for (int n = 2; fs::exists(name, error); ++n)
        name = fmt::format("{}/replaced-{}-{}", folder.path, format_rfc3339(clock.wall()), n);
    bool moved = false;
    for (const std::string& path :
         {folder.database(), folder.database() + "-wal", folder.database() + "-shm", folder.mark(),
          folder.seals(), folder.index(), folder.index() + "-wal", folder.index() + "-shm"}) {
        if (!fs::exists(path, error)) continue;
        fs::create_directory(name, error);
        if (!error) fs::rename(path, name + "/" + fs::path(path).filename().string(), error);
        if (error) return from_system("move " + path, error);
        moved = true;
    }
    return moved ? name : std::string();
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
    if (!key) key = FolderKey::create(folder, random);
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

// Keeps the files as they were and builds the good part of them anew.
Result<NewEpochReport> rebuild(const Folder& folder, const std::optional<HeadMark>& known,
                               Clock& clock, Random& random) {
    auto replaced = set_aside(folder, clock);
    if (!replaced) return fail(replaced.error());
    auto copied = copy_journal({*replaced}, folder, OnDamage::stop);
    if (!copied)
        return failed_with(copied.error(), "; nothing can be saved from " + *replaced +
                                               ": restore a backup (lifeline restore)");
    auto report = begin_epoch(folder, copied->database, EpochCause::accepted_loss, copied->head,
                              known.value_or(copied->head), clock, random);
    if (report) report->replaced = *replaced;
    return report;
}

// A folder of which only the mark is left.
Result<NewEpochReport> begin_anew(const Folder& folder, const std::optional<HeadMark>& known,
                                  Clock& clock, Random& random) {
    if (!known) return fail(Code::not_found, "journal_missing", folder.path + " has no journal");
    Epoch first;
    first.at = clock.wall();
    first.random = random.bytes<sizeof(Salt)>();
    auto database = create_journal_file(folder, first);
    if (!database) return fail(database.error());
    return begin_epoch(folder, *database, EpochCause::accepted_loss, {}, *known, clock, random);
}

struct Whole {
    sql::Database database;
    std::vector<Epoch> epochs;
    HeadMark head;
};

// The journal, if every row of it is as it was written.
Result<Whole> walk_whole(const Folder& folder) {
    auto database = open_journal_file(folder, {.access = sql::Access::write});
    if (!database) return fail(database.error());
    auto epochs = load_epochs(*database);
    if (!epochs) return fail(epochs.error());
    ChainWalk chain(*epochs);
    auto walked = for_each_row(*database, 0, [&](const StoredRow& row) -> Result<bool> {
        if (const auto checked = chain.next(row); !checked) return fail(checked.error());
        return true;
    });
    if (!walked) return fail(walked.error());
    const HeadMark head{epochs->back().id(), chain.position(), chain.hash()};
    return Whole{std::move(*database), std::move(*epochs), head};
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
    const auto backup_head = known_head(backup);
    if (!backup_head)
        return fail(Code::corrupt, "mark_missing",
                    backup.path + " has no mark that its key signed: it is no finished backup");
    auto lock = FolderLock::take(to);
    if (!lock) return fail(lock.error());
    const auto known = known_head(to);
    auto replaced = set_aside(to, clock);
    if (!replaced) return fail(replaced.error());
    auto copied = copy_journal(backup, to, OnDamage::refuse);
    if (!copied) return fail(copied.error());
    if (auto held = check_mark(copied->database, copied->epochs, *backup_head); !held)
        return fail(held.error());
    if (!known)
        if (auto keyed = copy_key(backup, to); !keyed) return fail(keyed.error());
    auto report = begin_epoch(to, copied->database, EpochCause::restored, copied->head,
                              known.value_or(copied->head), clock, random);
    if (report) report->replaced = *replaced;
    return report;
}

Result<NewEpochReport> accept_loss(const Folder& folder, Clock& clock, Random& random) {
    auto lock = FolderLock::take(folder);
    if (!lock) return fail(lock.error());
    const auto known = known_head(folder);
    const auto there = sql::file_exists(folder.database(), folder.vfs);
    if (!there) return fail(there.error());
    if (!*there) return begin_anew(folder, known, clock, random);
    auto whole = walk_whole(folder);
    if (!whole && whole.error().code != Code::corrupt) return fail(whole.error());
    if (!whole) return rebuild(folder, known, clock, random);
    if (known && check_mark(whole->database, whole->epochs, *known))
        return fail(Code::conflict, "nothing_lost", folder.path + " is whole; start the server");
    return begin_epoch(folder, whole->database, EpochCause::accepted_loss, whole->head,
                       known.value_or(whole->head), clock, random);
}

}  // namespace lifeline::journal
