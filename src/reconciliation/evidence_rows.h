#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/window.h"
#include "contract/json.h"
#include "reconciliation/history.h"

// What a row of the tables says.
namespace lifeline::reconciliation {

// Counting begins with its month: what is included and what tiers count is the whole of that.
inline Window month_begin(Window hour) {
    return std::chrono::sys_days(month_of(hour) / 1);
}
inline std::int64_t number_of(Window window) {
    return window.time_since_epoch().count();
}

// Calls that were last heard of before that have nothing in the month. The clock that people see
// may have jumped while a call went on.
inline std::int64_t heard_since(Window month) {
    return WallTime(month - std::chrono::days(2)).time_since_epoch().count();
}

struct RecordRow {
    std::uint64_t position = 0;
    std::string_view id;
    std::string_view session;
    Window window;
    std::string_view payload;  // As reduced_record made it.
};
Record record_of(const RecordRow& row);

// Of one event that is of no call; a card's is not among them.
void add_event(House& house, std::uint64_t position, WallTime wall, const std::string& stream,
               std::string_view type, const contract::Json& json);

}  // namespace lifeline::reconciliation
