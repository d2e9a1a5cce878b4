#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/view_file.h"
#include "snapshots/due.h"

namespace lifeline::snapshots {

// The tables. Blocks; used by one thread at a time.
class SnapshotStore {
public:
    static Result<SnapshotStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    // It has no word of anybody's, so there is nothing to write over.
    Status settle(journal::Settle) { return {}; }
    // All that is known of this stream: it is about to be read again.
    Status forget(const std::string& stream);
    Status apply(const std::vector<Change>& changes, std::uint64_t cursor);
    // In the order of the calls' names, and of a call from the first on: those behind this one.
    Result<std::vector<Due>> due(const Due& after, std::size_t limit);

private:
    explicit SnapshotStore(journal::ViewFile view) : view_(std::move(view)) {}
    Status apply_one(const Change& change);
    Status said(const Change& change);
    Status over(const Change& change);
    Status run(std::string_view text, const std::string& session_id, std::uint64_t seq);

    journal::ViewFile view_;
};

}  // namespace lifeline::snapshots
