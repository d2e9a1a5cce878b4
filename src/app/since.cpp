#include "app/since.h"

#include <charconv>
#include <optional>
#include <string>

namespace lifeline::app {

namespace {

// Longer than any journal; what is beyond it is a slip.
constexpr std::int64_t most = 1'000'000;

std::optional<Millis> unit_of(char letter) {
    switch (letter) {
        case 's':
            return std::chrono::seconds(1);
        case 'm':
            return std::chrono::minutes(1);
        case 'h':
            return std::chrono::hours(1);
        case 'd':
            return std::chrono::days(1);
        case 'w':
            return std::chrono::weeks(1);
        default:
            return std::nullopt;
    }
}

}  // namespace

Result<WallTime> read_since(std::string_view text, WallTime now) {
    if (const auto time = parse_rfc3339(text)) return *time;
    std::int64_t many = 0;
    const auto unit = text.empty() ? std::nullopt : unit_of(text.back());
    const std::string digits(text.substr(0, text.empty() ? 0 : text.size() - 1));
    const char* last = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), last, many);
    if (!unit || read.ec != std::errc{} || read.ptr != last || many < 1 || many > most)
        return fail(Code::malformed, "query_invalid",
                    "--since takes a time like 7d, 12h or 30m, or 2026-02-16T10:00:00.000Z");
    return now - many * *unit;
}

}  // namespace lifeline::app
