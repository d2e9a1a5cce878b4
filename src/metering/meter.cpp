#include "metering/meter.h"

#include <algorithm>
#include <limits>

namespace lifeline::metering {

std::int64_t rounded(std::int64_t quantity, const Rounding& rounding) {
    if (quantity == 0) return 0;
    if (quantity < 0) return -rounded(-quantity, rounding);
    const std::int64_t rest = quantity % rounding.increment;
    std::int64_t whole = quantity - rest;
    const bool up =
        rounding.mode == Rounding::Mode::up
            ? rest > 0
            : rounding.mode == Rounding::Mode::nearest && rest >= rounding.increment - rest;
    // What no integer holds any more is left as it is: nobody uses that much.
    if (up && whole > std::numeric_limits<std::int64_t>::max() - rounding.increment)
        return quantity;
    if (up) whole += rounding.increment;
    return std::max(whole, rounding.minimum);
}

bool measured_here(std::string_view meter) {
    return meter == meter_names::duration || meter == meter_names::actions ||
           meter == meter_names::transcript;
}

std::string_view to_text(Rounding::Mode mode) {
    switch (mode) {
        case Rounding::Mode::up:
            return "up";
        case Rounding::Mode::nearest:
            return "nearest";
        case Rounding::Mode::down:
            return "down";
    }
    return "up";
}

}  // namespace lifeline::metering
