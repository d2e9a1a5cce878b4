#pragma once

#include <functional>
#include <string>

#include "base/loop.h"
#include "journal/journal.h"
#include "metering/key_history.h"

namespace lifeline::api {

// Who has the keys that sign usage.
struct KeyDesk {
    std::function<metering::KeyHistory()> history;  // As it is now; from any thread.
    struct Change {
        std::string key_id = {};  // Empty: the one that signs.
        std::string by;
        std::string reason;
        std::uint64_t doubtful_from = 0;  // 0: from now on.
    };
    // Answered on `from` once it is durable.
    std::function<void(Change, Loop& from, journal::Done<metering::RecordKey>)> rotate;
    std::function<void(Change, Loop& from, journal::Done<metering::RecordKey>)> revoke;
};

}  // namespace lifeline::api
