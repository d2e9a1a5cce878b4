#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "journal/checksum.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "journal/index_rows.h"
#include "journal/journal.h"
#include "journal/stream_index.h"
#include "sql/database.h"

namespace lifeline::journal {

// A run of a stream's index, without a gap from first_seq on.
struct IndexRun {
    std::uint64_t first_seq = 1;
    std::vector<IndexEntry> entries;
    WallTime recorded_at;  // Of the last.

    std::uint64_t head() const { return first_seq + entries.size() - 1; }
};

// By name, so that pages are written in the order of their key.
using IndexBatch = std::map<std::string, IndexRun>;

// index.db: the index as far as it has been written, one packed page per stream and batch. It can
// be deleted at any time the journal is closed and is rebuilt from the journal at the next start;
// its commits need no fsync. Everything in it has a checksum, and what one table says of a stream
// is held against the other: damage is index_corrupt, never a shorter answer, for an answer that is
// short lets a stream begin a second time. Blocks; lives on the reader's worker.
class IndexStore {
public:
    // The store that is there, unchanged; nothing when it cannot be used (missing, damaged, of
    // another journal or format). `belongs` says whether the journal knows the file's cursor.
    static Result<std::optional<IndexStore>> open(
        const Folder& folder, const std::function<Result<bool>(const HeadMark&)>& belongs);
    // An empty one, in the place of whatever was there.
    static Result<IndexStore> create(const Folder& folder, Random& random);

    const HeadMark& cursor() const { return state_.cursor; }
    const KeyedHash& id_hash() const { return id_hash_; }

    // The batch and the cursor that follows from it, in one transaction. What is there already is
    // left as it is, so a write whose outcome was not known can be tried again.
    Status write(const IndexBatch& batch, const HeadMark& cursor);
    // Moves the log into the file once it has grown; what is in the log is safe there meanwhile.
    Status checkpoint_if_due();

    // A stream's entries from first_seq on, at least `count` of them where they are written.
    Result<std::vector<IndexEntry>> load(const std::string& stream, std::uint64_t first_seq,
                                         std::uint64_t count);
    Result<std::optional<StreamHead>> head(const std::string& stream);
    Result<std::vector<StreamHead>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit);

    // Takes the file out of the folder, so that the next start builds another. This one goes on
    // with what it has open.
    Status invalidate();

private:
    IndexStore(Folder folder, sql::Database database, const IndexState& state);
    static Result<IndexStore> open_existing(const Folder& folder);
    Result<std::optional<IndexedStream>> find(const std::string& stream);
    // The first name that index_page has after `after` and before `end`; empty for none.
    Result<std::string> next_name(const std::string& after, const std::string& end);

    Folder folder_;
    sql::Database database_;
    IndexState state_;
    KeyedHash id_hash_;
};

}  // namespace lifeline::journal
