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

// Kinds of a meter, as a JSON object of words; what is no word is left out.
std::string words_json(const pricing::Words& words);
pricing::Words words_of(std::string_view words_json);

}  // namespace lifeline::billing
