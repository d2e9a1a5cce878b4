#include "sql/fault_file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "sql/file_control.h"

// Databases, logs, their locks and shared memory.
namespace lifeline::sql {

namespace {

using Disk = FaultDisk::State;
using Operation = FaultDisk::Operation;

thread_local int last_error = 0;

FaultFile& handle_of(sqlite3_file* file) {
    return *reinterpret_cast<FaultFile*>(file);
}

bool dead(const FaultFile& handle) {
    return handle.life != handle.disk->life;
}

// Locks are held by handles: they go with them.
void release_lock(FaultFile& handle, int level) {
    DiskFile& file = *handle.file;
    if (handle.lock >= SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE)
        file.exclusive = false;
    if (handle.lock >= SQLITE_LOCK_PENDING && level < SQLITE_LOCK_PENDING) file.pending = false;
    if (handle.lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) file.reserved = false;
    if (handle.lock >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) --file.shared;
    handle.lock = std::min(handle.lock, level);
}

void release_slots(FaultFile& handle, unsigned slots) {
    for (unsigned slot = 0; slot < SharedMemory::lock_count; ++slot) {
        const unsigned bit = 1u << slot;
        if (!(slots & bit)) continue;
        if (handle.shared_slots & bit) --handle.file->memory.readers[slot];
        if (handle.exclusive_slots & bit) handle.file->memory.exclusive[slot] = false;
    }
    handle.shared_slots &= ~slots;
    handle.exclusive_slots &= ~slots;
}

void leave_memory(FaultFile& handle) {
    if (!handle.has_memory) return;
    release_slots(handle, ~0u);
    handle.has_memory = false;
    if (--handle.file->memory.users == 0) handle.file->memory = SharedMemory{};
}

int close_file(sqlite3_file* base) {
    FaultFile& handle = handle_of(base);
    {
        const std::lock_guard lock(handle.disk->mutex);
        release_lock(handle, SQLITE_LOCK_NONE);
        leave_memory(handle);
        if (handle.remove_on_close && !dead(handle)) handle.disk->files.erase(handle.path);
    }
    handle.~FaultFile();
    return SQLITE_OK;
}

int read_file(sqlite3_file* base, void* into, int count, sqlite3_int64 offset) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    ++handle.disk->counters.reads;
    if (dead(handle) || handle.disk->fails(Operation::read, handle.path))
        return refuse(SQLITE_IOERR_READ, EIO);
    const std::string& content = handle.file->current;
    const auto at = static_cast<std::size_t>(offset);
    const auto wanted = static_cast<std::size_t>(count);
    const std::size_t there = at < content.size() ? std::min(wanted, content.size() - at) : 0;
    if (there > 0) std::memcpy(into, content.data() + at, there);
    if (there == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(into) + there, 0, wanted - there);
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* base, const void* from, int count, sqlite3_int64 offset) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (!dead(handle)) handle.disk->before_change();
    if (dead(handle) || handle.disk->fails(Operation::write, handle.path))
        return refuse(SQLITE_IOERR_WRITE, EIO);
    const auto at = static_cast<std::uint64_t>(offset);
    const auto size = static_cast<std::uint64_t>(count);
    if (!handle.disk->fits(*handle.file, at + size)) {
        ++handle.disk->counters.faults;
        ++handle.disk->counters.full;
        return refuse(SQLITE_FULL, ENOSPC);
    }
    handle.disk->write(*handle.file, at, {static_cast<const char*>(from), size});
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* base, sqlite3_int64 size) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (!dead(handle)) handle.disk->before_change();
    if (dead(handle)) return refuse(SQLITE_IOERR_TRUNCATE, EIO);
    handle.disk->truncate(*handle.file, static_cast<std::uint64_t>(size));
    return SQLITE_OK;
}

int sync_file(sqlite3_file* base, int) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (!dead(handle)) handle.disk->before_change();
    if (dead(handle)) return refuse(SQLITE_IOERR_FSYNC, EIO);
    if (handle.disk->fails(Operation::sync, handle.path)) {
        ++handle.disk->counters.failed_syncs;
        handle.disk->fail_sync(*handle.file);
        return refuse(SQLITE_IOERR_FSYNC, EIO);
    }
    handle.disk->sync(*handle.file);
    return SQLITE_OK;
}

int size_of_file(sqlite3_file* base, sqlite3_int64* size) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (dead(handle)) return refuse(SQLITE_IOERR_FSTAT, EIO);
    *size = static_cast<sqlite3_int64>(handle.file->current.size());
    return SQLITE_OK;
}

int lock_file(sqlite3_file* base, int level) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (dead(handle)) return refuse(SQLITE_IOERR_LOCK, EIO);
    DiskFile& file = *handle.file;
    if (handle.lock >= level) return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED) {
        if (file.pending || file.exclusive) return SQLITE_BUSY;
        ++file.shared;
    } else if (level == SQLITE_LOCK_RESERVED) {
        if (file.reserved) return SQLITE_BUSY;
        file.reserved = true;
    } else {
        if (handle.lock < SQLITE_LOCK_PENDING) {
            if (file.pending) return SQLITE_BUSY;
            file.pending = true;
            handle.lock = SQLITE_LOCK_PENDING;
        }
        if (file.shared > 1) return SQLITE_BUSY;
        file.exclusive = true;
    }
    handle.lock = level;
    return SQLITE_OK;
}

int unlock_file(sqlite3_file* base, int level) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    release_lock(handle, level);
    return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* base, int* reserved) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    *reserved = handle.file->reserved ? 1 : 0;
    return SQLITE_OK;
}

// A name is changed at once or, when the power goes just then, not at all.
int move_file(FaultFile& handle, const char* path) {
    const std::lock_guard lock(handle.disk->mutex);
    if (!dead(handle)) handle.disk->before_change();
    if (dead(handle)) return refuse(SQLITE_IOERR, EIO);
    handle.file->name_durable = true;
    handle.disk->files.erase(handle.path);
    handle.disk->files[path] = handle.file;
    handle.path = path;
    return SQLITE_OK;
}

int control_file(sqlite3_file* base, int what, void* argument) {
    if (what != control_move_file) return SQLITE_NOTFOUND;
    return move_file(handle_of(base), static_cast<const char*>(argument));
}

int sector_size(sqlite3_file*) {
    return 4096;  // What the system's layer says too.
}

int device_characteristics(sqlite3_file*) {
    // As on Linux: a write never damages the bytes beside it, even when power fails.
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_memory(sqlite3_file* base, int region, int size, int extend, void volatile** out) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (dead(handle)) return refuse(SQLITE_IOERR_SHMMAP, EIO);
    SharedMemory& memory = handle.file->memory;
    if (!handle.has_memory) {
        handle.has_memory = true;
        ++memory.users;
    }
    const auto index = static_cast<std::size_t>(region);
    while (extend && memory.regions.size() <= index)
        memory.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *out = index < memory.regions.size() ? memory.regions[index].get() : nullptr;
    return SQLITE_OK;
}

int lock_memory(sqlite3_file* base, int offset, int count, int flags) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    if (dead(handle)) return refuse(SQLITE_IOERR_SHMLOCK, EIO);
    SharedMemory& memory = handle.file->memory;
    const auto first = static_cast<unsigned>(offset);
    const unsigned slots = ((1u << count) - 1u) << first;
    if (flags & SQLITE_SHM_UNLOCK) {
        release_slots(handle, slots);
        return SQLITE_OK;
    }
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (unsigned slot = first; slot < first + static_cast<unsigned>(count); ++slot) {
        const bool mine = ((handle.shared_slots | handle.exclusive_slots) >> slot & 1u) != 0;
        if (memory.exclusive[slot] && !(handle.exclusive_slots >> slot & 1u)) return SQLITE_BUSY;
        if (exclusive && memory.readers[slot] > (mine ? 1 : 0)) return SQLITE_BUSY;
    }
    for (unsigned slot = first; slot < first + static_cast<unsigned>(count); ++slot) {
        const unsigned bit = 1u << slot;
        if (exclusive) {
            memory.exclusive[slot] = true;
            handle.exclusive_slots |= bit;
        } else if (!(handle.shared_slots & bit)) {
            ++memory.readers[slot];
            handle.shared_slots |= bit;
        }
    }
    return SQLITE_OK;
}

void memory_barrier(sqlite3_file*) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

int unmap_memory(sqlite3_file* base, int) {
    FaultFile& handle = handle_of(base);
    const std::lock_guard lock(handle.disk->mutex);
    leave_memory(handle);
    return SQLITE_OK;
}

}  // namespace

const sqlite3_io_methods fault_file_methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = map_memory,
    .xShmLock = lock_memory,
    .xShmBarrier = memory_barrier,
    .xShmUnmap = unmap_memory,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int refuse(int code, int system_error) {
    last_error = system_error;
    return code;
}

int last_system_error() {
    return last_error;
}

}  // namespace lifeline::sql
