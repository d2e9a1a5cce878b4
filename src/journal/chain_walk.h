#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "journal/epoch.h"
#include "journal/journal_file.h"
#include "journal/row.h"

namespace lifeline::journal {

// Checks rows one after the other against each other and against their own records. It begins with
// the first row, or behind one that is already trusted.
class ChainWalk {
public:
    explicit ChainWalk(std::vector<Epoch> epochs, std::uint64_t last_position = 0,
                       const Digest& last_hash = {});

    // The row, checked; or what is wrong with it and where.
    Result<RowView> next(const StoredRow& row);

    std::uint64_t position() const { return position_; }  // The last that was checked.
    const Digest& hash() const { return hash_; }
    const RowTime& time() const { return time_; }

private:
    std::vector<Epoch> epochs_;
    Sha256 sha_;
    std::uint64_t position_;
    Digest hash_;
    RowTime time_{};
};

}  // namespace lifeline::journal
