#include "metering/quantity.h"

#include <charconv>

namespace lifeline::metering {

std::optional<std::int64_t> parse_quantity(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (number > quantity_max || number < -quantity_max) return std::nullopt;
    return number;
}

}  // namespace lifeline::metering
