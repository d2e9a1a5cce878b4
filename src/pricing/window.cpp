#include "pricing/window.h"

#include <fmt/format.h>

#include <charconv>

#include "contract/form.h"

namespace lifeline::pricing {

namespace {

int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

Window window_of(WallTime time) {
    return std::chrono::floor<std::chrono::hours>(time);
}

Month month_of(Window window) {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(window)};
    return date.year() / date.month();
}

std::string to_text(Window window) {
    const auto day = std::chrono::floor<std::chrono::days>(window);
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:00Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       (window - day).count());
}

std::string to_text(Month month) {
    return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                       static_cast<unsigned>(month.month()));
}

std::optional<Window> parse_window(std::string_view text) {
    if (!contract::matches(contract::Form::window, text)) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(number(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(number(text.substr(11, 2)));
}

std::optional<Month> parse_month(std::string_view text) {
    // Its first hour is a window or it is no month.
    const auto window = parse_window(fmt::format("{}-01T00:00Z", text));
    if (!window || text.size() != 7) return std::nullopt;
    return month_of(*window);
}

}  // namespace lifeline::pricing
