#include "metering/hour.h"

namespace lifeline::metering {

Hour hour_of(WallTime time) {
    return std::chrono::floor<std::chrono::hours>(time);
}

std::string to_text(Hour hour) {
    return format_rfc3339(WallTime(hour)).substr(0, 14) + "00Z";
}

std::optional<Hour> parse_hour(std::string_view text) {
    if (text.size() != 17 || !text.ends_with(":00Z")) return std::nullopt;
    const auto time = parse_rfc3339(std::string(text.substr(0, 16)) + ":00.000Z");
    if (!time) return std::nullopt;
    return hour_of(*time);
}

}  // namespace lifeline::metering
