#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace lifeline::journal {

// Where a journal's files are. `vfs` is empty but on a test's disk (sql/fault_disk.h).
struct Folder {
    std::string path;
    std::string vfs = {};

    std::string database() const { return path + "/journal.db"; }
    std::string mark() const { return path + "/journal.mark"; }
    std::string key() const { return path + "/journal.key"; }
    std::string seals() const { return path + "/journal.seals"; }
    std::string index() const { return path + "/index.db"; }
    std::string views() const { return path + "/views.db"; }          // The roster's.
    std::string audit() const { return path + "/audit.db"; }          // The audit view's.
    std::string library() const { return path + "/library.db"; }      // The library's.
    std::string search() const { return path + "/search.db"; }        // What can be searched.
    std::string spend() const { return path + "/spend.db"; }          // What agents spent.
    std::string snapshots() const { return path + "/snapshots.db"; }  // What is to be snapshotted.
    std::string billing() const { return path + "/billing.db"; }      // What they are charged.
    std::string deliveries() const { return path + "/deliveries.db"; }  // What sinks are told.
    std::string metering() const { return path + "/metering.db"; }      // What calls used.
    std::string state() const { return path + "/state.db"; }            // The soft state's.
    std::string unfinished() const { return path + "/unfinished"; }     // Folders of staging.h.
    std::string incoming() const { return path + "/incoming"; }
};

// Holds the folder for this process alone, until it goes; a folder on a test's disk needs none.
class FolderLock {
public:
    // Makes the folder when it is not there. Code::conflict, folder_in_use, when somebody has it.
    static Result<FolderLock> take(const Folder& folder);
    ~FolderLock();
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&& other) noexcept;

private:
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

// The folder's own secret, from which the key of each purpose follows. It is what an attacker with
// a copy of the other files does not have.
class FolderKey {
public:
    static Result<FolderKey> create(const Folder& folder, Random& random);
    static Result<FolderKey> open(const Folder& folder);

    std::array<std::uint8_t, 32> derive(std::string_view purpose) const;

private:
    explicit FolderKey(const std::array<std::uint8_t, 32>& secret) : secret_(secret) {}
    std::array<std::uint8_t, 32> secret_;
};

}  // namespace lifeline::journal
