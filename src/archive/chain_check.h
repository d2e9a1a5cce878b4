#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "archive/line.h"
#include "archive/verify.h"

namespace lifeline::archive {

// What is wrong, or nothing.
using Wrong = std::optional<std::string>;

// Follows the rows of an archive from one to the next, hangs the call's records into them, and
// holds the end of each segment against what was signed.
class ChainCheck {
public:
    ChainCheck(const Head& head, const Known& known, Report& report);

    Wrong take(const Row& row);
    Wrong take(const Record& record);
    // An event of any stream, whose numbers say nothing here: whether it is in the row before it.
    Wrong hang(std::string_view stream, const Record& record);
    Wrong take(const Anchor& anchor);
    // Whether the last segment is over.
    Wrong signed_to_its_end() const;
    // And every record of the call was there.
    Wrong finish() const;

    // When the record that was taken last was written.
    WallTime recorded_at() const { return row_->time.wall; }

private:
    Wrong gap(std::uint64_t seq) const;
    void hold_heads(std::uint64_t first, std::uint64_t last, const Digest& hash,
                    const std::optional<journal::EpochId>& epoch);

    const Head& head_;
    Report& report_;
    Sha256 sha_;
    std::optional<VerifyKey> key_;
    std::multimap<std::uint64_t, journal::SignedHead> heads_;  // By position, those not met yet.
    std::optional<Row> row_;
    bool in_segment_ = false;
    std::uint64_t seq_ = 0;
    std::uint64_t record_position_ = 0;
};

}  // namespace lifeline::archive
