#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lifeline {

// An hour of UTC, named by its first minute: `2026-02-16T10:00Z`. Usage is cut and charged at its
// edges, and prices change only there, so no quantity ever has two prices.
using Window = std::chrono::sys_time<std::chrono::hours>;
// A calendar month of UTC, `2026-02`: what tiers, included quantities and minimums count in.
using Month = std::chrono::year_month;

Window window_of(WallTime time);
Month month_of(Window window);

std::string text_of(Window window);
std::string text_of(Month month);
// Nothing for what text_of would not have written, and for a day that the calendar does not have.
std::optional<Window> parse_window(std::string_view text);
std::optional<Month> parse_month(std::string_view text);

}  // namespace lifeline
