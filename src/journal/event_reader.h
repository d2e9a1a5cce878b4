#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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

class ReadAhead;

// Reads events from journal.db beside its writer, on connections of its own that never write. No
// transaction lasts longer than one chunk: an open one keeps the write-ahead log from being
// emptied. Every record read is held against its checksum, its stream and its seq. Lives on the
// reader's worker.
class EventReader {
public:
    enum class Ahead { yes, no };

    // A page of a call that nobody has read for long is read by several at once (read_ahead.h),
    // unless `ahead` says no; a test's disk has one reader.
    static Result<EventReader> open(const Folder& folder, Ahead ahead = Ahead::yes);
    EventReader(EventReader&&) noexcept;
    EventReader& operator=(EventReader&&) noexcept;
    ~EventReader();

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

    EventReader(Folder folder, sql::Database points, sql::Database scans, Ahead ahead);
    void look_ahead(const Wanted& wanted);
    Status read_chunk(Wanted& wanted, std::size_t chunk);
    Result<std::size_t> read_run(sql::Blob& blob, Wanted& wanted);
    Status give_back_map();

    Folder folder_;
    sql::Database points_;  // Scattered records, through a memory map.
    sql::Database scans_;   // Whole rows in order, without one.
    std::uint64_t rows_read_ = 0;
    Ahead ahead_;
    std::unique_ptr<ReadAhead> read_ahead_;  // From the first page on that waits for the disk.
};

}  // namespace lifeline::journal
