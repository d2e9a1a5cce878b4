#pragma once

#include <cstdint>
#include <string_view>

#include "journal/checksum.h"

namespace lifeline::metering {

// By which the view finds a record: its id is five times as long, and each record's would lie on a
// page of its own. Ids that meet are told apart by their text.
inline std::int64_t hash_of(std::string_view record_id) {
    return static_cast<std::int64_t>(journal::checksum(record_id, 0) >> 1);
}

}  // namespace lifeline::metering
