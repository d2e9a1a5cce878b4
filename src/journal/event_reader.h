#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/folder.h"
#include "journal/journal.h"
#include "journal/journal_file.h"
#include "journal/stream_index.h"
#include "sql/database.h"

namespace lifeline::journal {

// Reads events from journal.db beside its writer, on connections of its own that never write. No
// transaction lasts longer than one chunk: an open one keeps the write-ahead log from being
// emptied. Every record read is held against its checksum, its stream and its seq. Lives on the
// reader's worker.
class EventReader {
public:
    static Result<EventReader> open(const Folder& folder);

    // The events at these places, which are those of `stream` from first_seq on.
    Result<std::vector<StoredEvent>> read(const std::string& stream, std::uint64_t first_seq,
                                          std::span<const Place> places, ReadLimit limit);
    // The events after one position up to another, at most.
    Result<std::vector<JournalEvent>> read_all(std::uint64_t after, std::uint64_t up_to,
                                               ReadLimit limit);

    // Some whole rows after a position, in order, while `each` answers true.
    Status slice(std::uint64_t after, const std::function<Result<bool>(const StoredRow&)>& each);

private:
    struct Wanted;

    EventReader(Folder folder, sql::Database points, sql::Database scans);
    Status read_chunk(Wanted& wanted);
    Result<std::size_t> read_run(sql::Blob& blob, Wanted& wanted);
    Status give_back_map();

    Folder folder_;
    sql::Database points_;  // Scattered records, through a memory map.
    sql::Database scans_;   // Whole rows in order, without one.
    std::uint64_t rows_read_ = 0;
};

}  // namespace lifeline::journal
