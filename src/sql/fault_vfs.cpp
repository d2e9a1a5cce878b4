// SQLite's file system over a FaultDisk: which files there are.
#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>

#include "base/check.h"
#include "sql/fault_file.h"
#include "sql/fault_state.h"

namespace lifeline::sql {

namespace {

using Disk = FaultDisk::State;

Disk& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<Disk*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* base, int flags, int* out_flags) {
    Disk& disk = disk_of(vfs);
    const std::lock_guard lock(disk.mutex);
    base->pMethods = nullptr;
    const std::string path = name ? name : "temporary-" + std::to_string(disk.random.next());
    auto found = disk.files.find(path);
    if (found == disk.files.end()) {
        if (!(flags & SQLITE_OPEN_CREATE)) return refuse(SQLITE_CANTOPEN, ENOENT);
        disk.removed.erase(path);
        found = disk.files.emplace(path, std::make_shared<DiskFile>()).first;
    }
    new (base) FaultFile{.base = {&fault_file_methods},
                         .disk = &disk,
                         .file = found->second,
                         .path = path,
                         .life = disk.life,
                         .lock = SQLITE_LOCK_NONE,
                         .remove_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0,
                         .has_memory = false,
                         .shared_slots = 0,
                         .exclusive_slots = 0};
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    Disk& disk = disk_of(vfs);
    const std::lock_guard lock(disk.mutex);
    const auto found = disk.files.find(name);
    if (found == disk.files.end()) return refuse(SQLITE_IOERR_DELETE_NOENT, ENOENT);
    if (!sync_folder && found->second->name_durable) disk.removed[name] = found->second;
    disk.files.erase(found);
    return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* there) {
    Disk& disk = disk_of(vfs);
    const std::lock_guard lock(disk.mutex);
    const auto found = disk.files.find(name);
    // As the system's layer: an empty file is as good as none.
    *there = found != disk.files.end() && !found->second->current.empty() ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int fill_random(sqlite3_vfs* vfs, int count, char* out) {
    Disk& disk = disk_of(vfs);
    const std::lock_guard lock(disk.mutex);
    disk.random.fill({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(count)});
    return count;
}

int sleep_for(sqlite3_vfs*, int micros) {
    return micros;  // Time in a simulation moves elsewhere.
}

int current_time(sqlite3_vfs*, double* days) {
    *days = 2'461'000.5;
    return SQLITE_OK;
}

int current_time_ms(sqlite3_vfs*, sqlite3_int64* ms) {
    *ms = 2'461'000ll * 86'400'000;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
    return last_system_error();
}

}  // namespace

void register_vfs(FaultDisk::State& state) {
    static std::atomic<std::uint64_t> made = 0;
    state.vfs_name = "fault-disk-" + std::to_string(++made);
    state.vfs = std::make_unique<sqlite3_vfs>(sqlite3_vfs{
        .iVersion = 2,
        .szOsFile = sizeof(FaultFile),
        .mxPathname = 512,
        .pNext = nullptr,
        .zName = state.vfs_name.c_str(),
        .pAppData = &state,
        .xOpen = open_file,
        .xDelete = remove_file,
        .xAccess = access_file,
        .xFullPathname = full_path,
        .xDlOpen = nullptr,
        .xDlError = nullptr,
        .xDlSym = nullptr,
        .xDlClose = nullptr,
        .xRandomness = fill_random,
        .xSleep = sleep_for,
        .xCurrentTime = current_time,
        .xGetLastError = last_error,
        .xCurrentTimeInt64 = current_time_ms,
        .xSetSystemCall = nullptr,
        .xGetSystemCall = nullptr,
        .xNextSystemCall = nullptr,
    });
    CHECK(sqlite3_vfs_register(state.vfs.get(), 0) == SQLITE_OK);
}

void unregister_vfs(FaultDisk::State& state) {
    sqlite3_vfs_unregister(state.vfs.get());
}

}  // namespace lifeline::sql
