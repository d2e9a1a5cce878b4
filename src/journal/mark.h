#pragma once

#include <array>
#include <cstdint>

#include "base/result.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "sql/file.h"

namespace lifeline::journal {

// The high-water mark: how far the journal had come when it last acknowledged something, kept
// outside the database. SQLite drops the end of its log without a word when a checksum there is
// wrong, and an old copy of the file looks as good as the new one; the mark tells both.
//
// Two slots of one small file, written in turn, so that a torn write costs only the older of two
// truths. Each is authenticated under the folder's key. Lives on one thread at a time.
class MarkFile {
public:
    static Result<MarkFile> create(const Folder& folder, const FolderKey& key,
                                   const HeadMark& mark);
    // mark_missing, mark_corrupt when neither slot holds.
    static Result<MarkFile> open(const Folder& folder, const FolderKey& key);

    const HeadMark& newest() const { return newest_; }
    // Durable when it returns.
    Status write(const HeadMark& mark);

private:
    MarkFile(sql::File file, const FolderKey& key);
    bool read_slot(std::uint64_t slot);

    sql::File file_;
    std::array<std::uint8_t, 32> mac_key_;
    HeadMark newest_;
    std::uint64_t counter_ = 0;
};

}  // namespace lifeline::journal
