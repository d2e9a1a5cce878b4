#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/folder.h"
#include "journal/journal.h"

// Looking at a folder without changing it: for the commands, and beside a running server.
namespace lifeline::journal {

struct VerifyReport {
    std::string epoch;
    std::uint64_t rows = 0;
    std::uint64_t events = 0;
    std::uint64_t erased = 0;  // Of the events.
    std::uint64_t streams = 0;
    std::uint64_t head = 0;    // The last position before which nothing is wrong.
    std::uint64_t marked = 0;  // The position that the mark vouches for.
    // All that is wrong, up to a limit: which record, what was found and what to do.
    std::vector<Error> problems;

    bool ok() const { return problems.empty(); }
};

// Checks everything that can be checked: the format, the mark, every record, the chain, that no
// stream has a gap and no stream an eventId twice, and whether the index agrees. It goes on behind
// what it finds, as far as the file can be read. An error means that there was nothing to look
// at.
Result<VerifyReport> verify(const Folder& folder);

// Every event after a position, in order, while `each` answers true. Only forms are checked, not
// the chain.
Status for_each_event(const Folder& folder, std::uint64_t after_position,
                      const std::function<Result<bool>(const JournalEvent&)>& each);

}  // namespace lifeline::journal
