#include "base/window.h"

#include <fmt/format.h>

namespace lifeline {

Window window_of(WallTime time) {
    return std::chrono::floor<std::chrono::hours>(time);
}

Month month_of(Window window) {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(window)};
    return date.year() / date.month();
}

std::string text_of(Window window) {
    const auto day = std::chrono::floor<std::chrono::days>(window);
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:00Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       (window - day).count());
}

std::string text_of(Month month) {
    return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                       static_cast<unsigned>(month.month()));
}

std::optional<Window> parse_window(std::string_view text) {
    if (text.size() != 17 || !text.ends_with(":00Z")) return std::nullopt;
    const auto time = parse_rfc3339(std::string(text.substr(0, 16)) + ":00.000Z");
    if (!time) return std::nullopt;
    return window_of(*time);
}

std::optional<Month> parse_month(std::string_view text) {
    // Its first hour is a window or it is no month.
    const auto window = parse_window(fmt::format("{}-01T00:00Z", text));
    if (!window || text.size() != 7) return std::nullopt;
    return month_of(*window);
}

}  // namespace lifeline
