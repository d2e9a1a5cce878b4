#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A disk in memory that loses, tears and reorders what was not synced, and fails when told to: what
// tests and the simulation run databases and files on. Everything follows from its seed.
namespace lifeline::sql {

struct FaultCounters {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t written_bytes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t faults = 0;  // Errors given because of a fault that was armed; of these:
    std::uint64_t full = 0;    // writes for which there was no room,
    std::uint64_t failed_syncs = 0;
    std::uint64_t cuts_in_a_change = 0;  // Power cuts that came where cut_power_after had put them.
    std::uint64_t flipped_bits = 0;
};

class FaultDisk {
public:
    explicit FaultDisk(std::uint64_t seed);
    ~FaultDisk();  // Everything opened on it is closed before.
    FaultDisk(const FaultDisk&) = delete;
    FaultDisk& operator=(const FaultDisk&) = delete;

    // To be given as `vfs` wherever a path is opened.
    const std::string& vfs() const;

    // The machine stops. Of every file's unsynced writes each 512-byte sector is kept or lost by
    // chance; a file or a removal whose name was not synced may be lost too. Whatever was open
    // answers with errors from now on; what is opened next finds what is left.
    void cut_power();
    // The same in the middle of things: when `changes` more writes, truncations and syncs have
    // happened, the next one does not.
    void cut_power_after(std::uint64_t changes);
    // Only the process stops: nothing written is lost, whatever was open is dead.
    void kill_process();

    // The operation on files whose path ends in `path` ("" = any) fails with EIO, once, after
    // `after` more of its kind have succeeded. A failed sync keeps a part of what was written by
    // chance and forgets that it ever had to (as Linux does): a later sync does not repair it.
    enum class Operation { read, write, sync };
    void fail(Operation operation, std::string path = {}, std::uint64_t after = 0);
    // All files together cannot grow beyond this: ENOSPC.
    void set_capacity(std::uint64_t bytes);
    std::uint64_t used_bytes() const;
    // A disk that says "synced" and does nothing: nothing built on it can hold, so whoever claims
    // to check durability must find that out.
    void lie_about_sync(bool lie);

    FaultCounters counters() const;
    std::uint64_t power_cuts() const;

    // The bytes of a file as the operating system shows them; nullopt when there is none.
    std::optional<std::string> contents(const std::string& path) const;
    void set_contents(const std::string& path, std::string bytes);  // Durable at once.
    void remove(const std::string& path);
    void flip_bit(const std::string& path, std::uint64_t bit);
    std::vector<std::string> files() const;

    struct State;  // For fault_vfs.cpp.

private:
    std::unique_ptr<State> state_;
};

}  // namespace lifeline::sql
