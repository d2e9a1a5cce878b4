#include "journal/presence.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "journal/journal_file.h"
#include "sql/file.h"

namespace lifeline::journal {

namespace {

// What earlier commands of an operator left; they know the real disk only.
std::string left_by_a_command(const Folder& folder) {
    if (!folder.vfs.empty()) return {};
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path, error))
        if (const auto name = entry.path().filename().string();
            name.starts_with("replaced-") || entry.path() == folder.unfinished())
            return entry.path().string();
    return {};
}

// These are made only once the journal and its mark are on the disk, the log once the database is.
Result<std::string> find_sign(const Folder& folder, bool database) {
    std::vector<std::string> paths{folder.seals(),   folder.index(),      folder.views(),
                                   folder.audit(),   folder.library(),    folder.search(),
                                   folder.spend(),   folder.snapshots(),  folder.metering(),
                                   folder.billing(), folder.deliveries(), folder.state()};
    if (!database) paths.push_back(folder.database() + "-wal");
    for (const std::string& path : paths) {
        const auto there = sql::file_exists(path, folder.vfs);
        if (!there) return fail(there.error());
        if (*there) return path;
    }
    return left_by_a_command(folder);
}

// A power cut while the folder was being made leaves a database without a table.
Result<bool> is_blank(const Folder& folder, sql::Access access) {
    auto database = sql::Database::open(folder.database(), {.access = access, .vfs = folder.vfs});
    if (!database) return fail(database.error());
    const auto id = database->number("pragma application_id");
    if (!id) return fail(id.error());
    const auto tables = database->number("select count(*) from sqlite_master");
    if (!tables) return fail(tables.error());
    if (*id == 0 && *tables == 0) return true;
    if (auto checked = check_format(*database, folder); !checked) return fail(checked.error());
    return false;
}

}  // namespace

Result<Presence> look(const Folder& folder) {
    const auto database = sql::file_exists(folder.database(), folder.vfs);
    if (!database) return fail(database.error());
    const auto mark = sql::file_exists(folder.mark(), folder.vfs);
    if (!mark) return fail(mark.error());
    const auto key = sql::file_exists(folder.key(), folder.vfs);
    if (!key) return fail(key.error());
    auto sign = find_sign(folder, *database);
    if (!sign) return fail(sign.error());
    Presence found{*database, *mark, *key, std::move(*sign)};

    const bool had_journal = found.mark || !found.sign.empty();
    if (found.database) {
        auto blank = is_blank(folder, sql::Access::read);
        // What was cut short within its first transaction can only be read by undoing that.
        if (!blank && blank.error().reason == "storage_failed" && !had_journal)
            blank = is_blank(folder, sql::Access::write);
        if (!blank) return fail(blank.error());
        found.database = !*blank;
    }
    if (!found.database && had_journal)
        return fail(Code::not_found, "journal_missing",
                    fmt::format("{} is there, but {} {}", found.mark ? folder.mark() : found.sign,
                                folder.database(), *database ? "is empty" : "is not"));
    if (found.mark && !found.key)
        return fail(Code::corrupt, "journal_key_missing",
                    fmt::format("{} is not there; put it back, or go on in a new epoch (lifeline "
                                "journal accept-loss)",
                                folder.key()));
    return found;
}

}  // namespace lifeline::journal
