#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/window.h"
#include "pricing/card.h"

// How billing.db holds what has no column type of its own.
namespace lifeline::billing {

inline std::int64_t number_of(Window window) {
    return window.time_since_epoch().count();
}

// Months count up by one.
inline std::int64_t number_of(Month month) {
    return std::int64_t{static_cast<int>(month.year())} * 12 +
           static_cast<unsigned>(month.month()) - 1;
}
inline Month month_of_number(std::int64_t number) {
    return std::chrono::year(static_cast<int>(number / 12)) /
           std::chrono::month(static_cast<unsigned>(number % 12 + 1));
}
inline Window first_of(Month month) {
    return std::chrono::sys_days(month / 1);
}
inline Window last_of(Month month) {
    return first_of(month + std::chrono::months(1)) - std::chrono::hours(1);
}

// Kinds of a meter, as a JSON object of words; what is no word is left out.
std::string words_json(const pricing::Words& words);
pricing::Words words_of(std::string_view words_json);

}  // namespace lifeline::billing
