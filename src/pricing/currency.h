#pragma once

#include <optional>
#include <string_view>

namespace lifeline::pricing {

// Digits after the point of a currency of ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD. Nothing for a
// code that is not in the table: what a sum of it would be paid in is then not known.
std::optional<int> minor_digits(std::string_view currency);

}  // namespace lifeline::pricing
