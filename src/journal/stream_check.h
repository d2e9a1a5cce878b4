#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "journal/row.h"
#include "sql/database.h"

namespace lifeline::journal {

// What the chain cannot know: that streams have no gap and no eventId stands twice. It is shown
// every record in order.
class StreamCheck {
public:
    std::optional<Error> next(const RecordView& record, std::uint64_t position);
    // A row could not be read: each stream may go on at any later seq, once.
    void lose_track() { ++gaps_; }
    // Ids that stand twice; looks at the records again where a hash cannot tell.
    Result<std::vector<Error>> finish(sql::Database& database);

    std::uint64_t streams() const { return streams_.size(); }

private:
    struct Known {
        std::uint64_t head = 0;
        std::uint64_t gaps = 0;  // As many as there had been when it was last seen.
    };
    std::unordered_map<std::string, Known> streams_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ids_;  // Hash and position.
    std::uint64_t gaps_ = 0;
};

}  // namespace lifeline::journal
