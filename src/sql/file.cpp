#include "sql/file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "sql/file_control.h"
#include "sql/sqlite_error.h"

namespace lifeline::sql {

namespace {

Result<sqlite3_vfs*> find_vfs(const std::string& name) {
    sqlite3_vfs* const vfs = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
    if (!vfs) return fail(Code::internal, "storage_error", "no such vfs: " + name);
    return vfs;
}

Error last_error(sqlite3_vfs* vfs, int code, const std::string& doing) {
    const int system_error = vfs->xGetLastError ? vfs->xGetLastError(vfs, 0, nullptr) : 0;
    return file_error(code, system_error, doing);
}

}  // namespace

struct File::State {
    sqlite3_vfs* vfs = nullptr;
    std::string path;  // The file layer keeps a pointer to it.
    std::vector<std::max_align_t> memory;
    bool opened = false;

    sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory.data()); }
    ~State() {
        if (opened) file()->pMethods->xClose(file());
    }
};

namespace {

// The kind "super journal" makes the file layer sync the folder with a new file's first sync.
constexpr int kind_flags = SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_READWRITE;

}  // namespace

File::File(std::unique_ptr<State> state) : state_(std::move(state)) {}
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;
File::~File() = default;

Result<File> File::open(const std::string& path, const std::string& vfs_name) {
    auto vfs = find_vfs(vfs_name);
    if (!vfs) return fail(vfs.error());
    auto state = std::make_unique<State>();
    state->vfs = *vfs;
    state->path = path;
    const auto bytes = static_cast<std::size_t>((*vfs)->szOsFile);
    state->memory.resize(bytes / sizeof(std::max_align_t) + 1);
    int flags = kind_flags | SQLITE_OPEN_CREATE;
    const int code = (*vfs)->xOpen(*vfs, state->path.c_str(), state->file(), flags, &flags);
    // Even a failed open may have methods to close with.
    state->opened = state->file()->pMethods != nullptr;
    if (code != SQLITE_OK) return fail(last_error(*vfs, code, "open " + path));
    return File(std::move(state));
}

Result<File> File::open_existing(const std::string& path, const std::string& vfs) {
    const auto exists = file_exists(path, vfs);
    if (!exists) return fail(exists.error());
    if (!*exists) return fail(Code::not_found, "file_not_found", path);
    return open(path, vfs);
}

Result<std::uint64_t> File::size() const {
    sqlite3_int64 size = 0;
    sqlite3_file* const file = state_->file();
    const int code = file->pMethods->xFileSize(file, &size);
    if (code != SQLITE_OK) return fail(last_error(state_->vfs, code, "size of " + state_->path));
    return static_cast<std::uint64_t>(size);
}

Status File::read(std::uint64_t offset, std::span<char> into) const {
    sqlite3_file* const file = state_->file();
    const int code = file->pMethods->xRead(file, into.data(), static_cast<int>(into.size()),
                                           static_cast<sqlite3_int64>(offset));
    if (code == SQLITE_IOERR_SHORT_READ)
        return fail(Code::corrupt, "storage_corrupt", state_->path + " ends too early");
    if (code != SQLITE_OK) return fail(last_error(state_->vfs, code, "read " + state_->path));
    return {};
}

Status File::write(std::uint64_t offset, std::string_view bytes) {
    sqlite3_file* const file = state_->file();
    const int code = file->pMethods->xWrite(file, bytes.data(), static_cast<int>(bytes.size()),
                                            static_cast<sqlite3_int64>(offset));
    if (code != SQLITE_OK) return fail(last_error(state_->vfs, code, "write " + state_->path));
    return {};
}

Status File::sync() {
    sqlite3_file* const file = state_->file();
    const int code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (code != SQLITE_OK) return fail(last_error(state_->vfs, code, "sync " + state_->path));
    return {};
}

Status File::move_to(const std::string& path) {
    sqlite3_file* const file = state_->file();
    std::string target = path;
    const int code = file->pMethods->xFileControl(file, control_move_file, target.data());
    const std::string doing = "move " + state_->path + " to " + path;
    if (code == SQLITE_NOTFOUND) {
        if (::rename(state_->path.c_str(), path.c_str()) != 0)
            return fail(file_error(SQLITE_IOERR, errno, doing));
        return sync_folder(std::filesystem::path(path).parent_path().string());
    }
    if (code != SQLITE_OK) return fail(last_error(state_->vfs, code, doing));
    return {};
}

Result<bool> file_exists(const std::string& path, const std::string& vfs_name) {
    const auto vfs = find_vfs(vfs_name);
    if (!vfs) return fail(vfs.error());
    int there = 0;
    const int code = (*vfs)->xAccess(*vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &there);
    if (code != SQLITE_OK) return fail(last_error(*vfs, code, "look for " + path));
    return there != 0;
}

Status sync_folder(const std::string& path) {
    const int descriptor =
        ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int system_error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!synced) return fail(file_error(SQLITE_IOERR_DIR_FSYNC, system_error, "sync " + path));
    return {};
}

Status remove_file(const std::string& path, const std::string& vfs_name) {
    const auto vfs = find_vfs(vfs_name);
    if (!vfs) return fail(vfs.error());
    const int code = (*vfs)->xDelete(*vfs, path.c_str(), 1);
    if (code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT)
        return fail(last_error(*vfs, code, "remove " + path));
    return {};
}

}  // namespace lifeline::sql
