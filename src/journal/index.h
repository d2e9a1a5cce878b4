#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/index_policy.h"
#include "journal/index_store.h"
#include "journal/stream_index.h"

namespace lifeline::journal {

// The entries of one appended batch, as they enter the index.
struct IndexedBatch {
    std::string_view stream;
    std::uint64_t first_seq = 0;
    std::span<const IndexEntry> entries;
    WallTime recorded_at;
};

// The index of the whole journal: what index.db has, and in memory everything beyond its cursor. It
// is a fold of the journal. Every question is answered from both, so that no answer is ever short.
//
// fold() comes from the marker's thread; all else from the reader's.
class Index {
public:
    explicit Index(IndexStore store, const IndexPolicy& policy = {})
        : store_(std::move(store)), policy_(policy) {}

    const KeyedHash& id_hash() const { return store_.id_hash(); }
    // How far index.db has come; only before anything runs.
    const HeadMark& cursor() const { return store_.cursor(); }

    // What became durable, in order; `head` is how far the journal has come with it. True when
    // enough has gathered for a flush; journal_corrupt, with its position, when an event does not
    // follow the one before it in its stream.
    Result<bool> fold(std::span<const IndexedBatch> batches, const HeadMark& head);
    // Writes what has gathered to index.db. On an error nothing is forgotten: the next one tries
    // again.
    Status flush();

    // From first_seq on, without a gap: at least `count` entries, or all there are.
    Result<std::vector<IndexEntry>> load(const std::string& stream, std::uint64_t first_seq,
                                         std::uint64_t count);
    // 0 for a stream without events.
    Result<std::uint64_t> head(const std::string& stream);
    Result<std::vector<StreamHead>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit);

    // After index_corrupt: the next start does not find the file and builds it anew.
    Status invalidate() { return store_.invalidate(); }

private:
    IndexStore store_;
    const IndexPolicy policy_;
    IndexBatch flushing_;  // Taken from pending_, not known to be written.
    HeadMark flushing_head_;

    mutable std::mutex mutex_;
    IndexBatch pending_;  // Guarded by mutex_, as are the next two.
    HeadMark pending_head_;
    std::size_t pending_events_ = 0;
};

}  // namespace lifeline::journal
