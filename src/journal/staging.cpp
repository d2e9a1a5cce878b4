#include "journal/staging.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "sql/file.h"

namespace lifeline::journal {

namespace {

namespace fs = std::filesystem;

// Under this name within incoming/: the path of the folder for the former files.
constexpr const char* note_name = "replaced";

std::unexpected<Error> from_system(const std::string& doing, const std::error_code& error) {
    return fail(Code::unavailable, "storage_failed", doing + ": " + error.message());
}

// The database first: while incoming/ still has it, all files in the folder are former ones.
std::array<std::string, 3> moved_in(const Folder& folder) {
    return {folder.database(), folder.key(), folder.mark()};
}

std::vector<std::string> former_files(const Folder& folder) {
    std::vector<std::string> files{folder.mark(), folder.key(), folder.seals()};
    for (const std::string& database :
         {folder.database(), folder.index(), folder.views(), folder.audit(), folder.library(),
          folder.search(), folder.spend(), folder.snapshots(), folder.metering(), folder.billing(),
          folder.deliveries(), folder.state()})
        for (const char* suffix : {"", "-wal", "-shm"}) files.push_back(database + suffix);
    std::erase_if(files, [](const std::string& path) {
        std::error_code error;
        return !fs::exists(path, error);
    });
    return files;
}

Status move_into(const std::string& path, const std::string& folder) {
    std::error_code error;
    fs::rename(path, fs::path(folder) / fs::path(path).filename(), error);
    if (error) return from_system("move " + path, error);
    return {};
}

Status make_private_folder(const std::string& path) {
    std::error_code error;
    fs::create_directory(path, error);
    if (error) return from_system("make " + path, error);
    ::chmod(path.c_str(), S_IRWXU);
    return {};
}

// Its log was emptied into it, so that it is whole without one.
Status drop_empty_log(const Folder& folder) {
    std::error_code error;
    const std::string log = folder.database() + "-wal";
    if (fs::exists(log, error) && fs::file_size(log, error) > 0)
        return fail(Code::internal, "storage_error", log + " is not empty");
    for (const std::string& path : {log, folder.database() + "-shm"}) fs::remove(path, error);
    return {};
}

Status set_former_aside(const Folder& folder, const std::string& replaced) {
    const auto files = former_files(folder);
    if (files.empty()) return {};
    if (auto made = make_private_folder(replaced); !made) return made;
    for (const std::string& path : files)
        if (auto moved = move_into(path, replaced); !moved) return moved;
    if (auto synced = sql::sync_folder(replaced); !synced) return synced;
    return sql::sync_folder(folder.path);
}

Result<std::string> read_note(const std::string& incoming) {
    std::ifstream in(incoming + "/" + note_name, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (text.empty())
        return fail(Code::corrupt, "journal_corrupt", incoming + " has no note of its own");
    return text;
}

Status write_note(const std::string& building, const std::string& replaced) {
    auto note = sql::File::open(building + "/" + note_name);
    if (!note) return fail(note.error());
    auto written = note->write(0, replaced);
    if (written) written = note->sync();
    return written;
}

}  // namespace

Staging::Staging(const Folder& folder) : target_(folder), building_{folder.unfinished()} {}

Staging::Staging(Staging&& other) noexcept
    : target_(std::move(other.target_)),
      building_(std::move(other.building_)),
      there_(std::exchange(other.there_, false)) {}

Staging::~Staging() {
    std::error_code ignored;
    if (there_) fs::remove_all(building_.path, ignored);
}

Result<Staging> Staging::begin(const Folder& folder) {
    std::error_code error;
    fs::remove_all(folder.unfinished(), error);
    if (error) return from_system("remove " + folder.unfinished(), error);
    if (auto made = make_private_folder(folder.unfinished()); !made) return fail(made.error());
    return Staging(folder);
}

Result<std::string> Staging::take_over(Clock& clock) {
    const std::string replaced = free_replaced_name(target_, clock);
    auto done = drop_empty_log(building_);
    if (done) done = write_note(building_.path, replaced);
    if (done) done = sql::sync_folder(building_.path);
    if (!done) return fail(done.error());
    std::error_code error;
    fs::rename(building_.path, target_.incoming(), error);
    if (error) return from_system("move " + building_.path, error);
    there_ = false;
    done = sql::sync_folder(target_.path);
    if (done) done = finish_take_over(target_);
    if (!done) return fail(done.error());
    return fs::exists(replaced, error) ? replaced : std::string();
}

bool take_over_is_unfinished(const Folder& folder) {
    std::error_code error;
    return folder.vfs.empty() && fs::exists(folder.incoming(), error);
}

Status finish_take_over(const Folder& folder) {
    if (!take_over_is_unfinished(folder)) return {};
    const Folder incoming{folder.incoming()};
    std::error_code error;
    if (fs::exists(incoming.database(), error)) {
        const auto replaced = read_note(incoming.path);
        if (!replaced) return fail(replaced.error());
        if (auto aside = set_former_aside(folder, *replaced); !aside) return aside;
    }
    for (const std::string& path : moved_in(incoming)) {
        if (!fs::exists(path, error)) continue;
        auto moved = move_into(path, folder.path);
        // Each before the next: their order is what tells new files from former ones.
        if (moved) moved = sql::sync_folder(folder.path);
        if (moved) moved = sql::sync_folder(incoming.path);
        if (!moved) return moved;
    }
    fs::remove_all(incoming.path, error);
    if (error) return from_system("remove " + incoming.path, error);
    return sql::sync_folder(folder.path);
}

std::string free_replaced_name(const Folder& folder, Clock& clock) {
    std::string name = folder.path + "/replaced-" + format_rfc3339(clock.wall());
    std::error_code error;
    if (!fs::exists(name, error)) return name;
    for (int n = 2;; ++n)
        if (auto next = fmt::format("{}-{}", name, n); !fs::exists(next, error)) return next;
}

}  // namespace lifeline::journal
