#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "sql/fault_state.h"

namespace lifeline::sql {

// A file of a FaultDisk that SQLite has open, with the locks that it holds there.
struct FaultFile {
    sqlite3_file base;  // First: SQLite sees only this.
    FaultDisk::State* disk;
    std::shared_ptr<DiskFile> file;
    std::string path;
    std::uint64_t life;
    int lock;
    bool remove_on_close;
    bool has_memory;
    unsigned shared_slots;
    unsigned exclusive_slots;
};

extern const sqlite3_io_methods fault_file_methods;

// What the system would have said; each thread is told of its own.
int refuse(int code, int system_error);
int last_system_error();

}  // namespace lifeline::sql
