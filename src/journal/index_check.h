#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "journal/checksum.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "journal/journal_file.h"
#include "journal/row.h"
#include "journal/stream_index.h"

namespace lifeline::journal {

// Holds index.db against its journal, for verify: it is read whole first, in one short transaction
// (so it may have a server beside it), and then shown every row of the journal. Of each stream only
// a digest is kept.
class IndexCheck {
public:
    // Nothing when there is no index.db; index_corrupt when it does not even agree with itself.
    static Result<std::optional<IndexCheck>> open(const Folder& folder);

    void next_row(const StoredRow& stored, const EpochId& epoch);
    void next(const RecordView& record, const Place& place);
    // index_corrupt with the stream that it knows otherwise than the journal.
    Status finish() const;

private:
    struct Run {
        std::uint64_t count = 0;
        std::uint64_t digest = 0;

        void add(const IndexEntry& entry);
        friend bool operator==(const Run&, const Run&) = default;
    };
    using Runs = std::unordered_map<std::string, Run>;

    IndexCheck(const HeadMark& cursor, const KeyedHash& id_hash)
        : cursor_(cursor), id_hash_(id_hash) {}

    HeadMark cursor_;
    KeyedHash id_hash_;
    Runs indexed_;
    Runs stored_;  // Up to the cursor.
    bool cursor_found_ = false;
};

}  // namespace lifeline::journal
