#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pricing/int128.h"

// Numbers of money as people read them. The point is always a point, and there are no groups of
// digits: what is written can be read by a spreadsheet.
namespace lifeline::pricing {

// Nano-units in units of the currency, exact, and with so many digits behind the point at least:
// "0.104", "-5", "0.000000001"; with two "-5.00".
std::string nano_text(Int128 nano, int digits_min = 0);
// Minor units in units of the currency, with all its digits: "12.05", of JPY "1205".
std::string minor_text(Int128 minor, int minor_digits);
// For the eye: "−1 234 567.5", with a narrow space between groups of three before the point.
std::string grouped(std::string_view number);

// A quantity with its unit, "1 830 token"; of milliseconds as a duration, "1 h 5 min 12.5 s".
std::string quantity_text(std::int64_t quantity, std::string_view unit);
// What a price is for: "minute", "1 000 token".
std::string per_text(std::int64_t per, std::string_view unit);

}  // namespace lifeline::pricing
