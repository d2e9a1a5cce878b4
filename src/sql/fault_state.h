#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "sql/fault_disk.h"

struct sqlite3_vfs;

// What is behind a FaultDisk; for fault_disk.cpp (the disk) and for SQLite's door to it:
// fault_vfs.cpp (which files there are) and fault_file.cpp (what is in them).
namespace lifeline::sql {

inline constexpr std::size_t sector_bytes = 512;

// A change that a power cut may still take back.
struct UnsyncedChange {
    std::uint64_t offset = 0;
    std::string bytes;
    std::optional<std::uint64_t> truncated_to;  // Then it is a truncation and no write.
};

// Shared memory of a write-ahead log, and who holds which of its locks.
struct SharedMemory {
    static constexpr int lock_count = 8;
    std::vector<std::unique_ptr<char[]>> regions;
    std::array<int, lock_count> readers{};
    std::array<bool, lock_count> exclusive{};
    int users = 0;
};

struct DiskFile {
    std::string current;  // What reads see.
    std::string durable;  // What a power cut cannot take.
    std::vector<UnsyncedChange> unsynced;
    bool name_durable = false;

    // SQLite's locks on a database file.
    int shared = 0;
    bool reserved = false;
    bool pending = false;
    bool exclusive = false;
    SharedMemory memory;
};

struct FaultDisk::State {
    struct Fault {
        Operation operation;
        std::string path;
        std::uint64_t after = 0;
    };

    explicit State(std::uint64_t seed) : random(seed) {}

    mutable std::mutex
        mutex;  // Guards all below: databases on it may be used from several threads.
    SeededRandom random;
    std::map<std::string, std::shared_ptr<DiskFile>> files;
    std::map<std::string, std::shared_ptr<DiskFile>> removed;  // Until the removal is durable.
    std::vector<Fault> faults;
    std::uint64_t capacity = UINT64_MAX;
    bool lying = false;
    std::uint64_t life = 0;                     // Handles of an earlier life are dead.
    std::optional<std::uint64_t> changes_left;  // Until the power goes.
    std::uint64_t power_cuts = 0;
    FaultCounters counters;
    std::string vfs_name;
    std::unique_ptr<sqlite3_vfs> vfs;

    // All with the mutex held.
    void cut_power();
    void before_change();  // May cut the power.
    bool fails(Operation operation, const std::string& path);
    std::uint64_t used() const;
    bool fits(const DiskFile& file, std::uint64_t size) const;
    void write(DiskFile& file, std::uint64_t offset, std::string_view bytes);
    void truncate(DiskFile& file, std::uint64_t size);
    void sync(DiskFile& file);
    void fail_sync(DiskFile& file);
    void tear(DiskFile& file);
};

void register_vfs(FaultDisk::State& state);
void unregister_vfs(FaultDisk::State& state);

}  // namespace lifeline::sql
