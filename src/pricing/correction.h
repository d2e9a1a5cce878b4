#pragma once

#include <cstdint>

#include "base/result.h"
#include "pricing/int128.h"

namespace lifeline::pricing {

// An item in one hour, or the minimum of a month: its quantity and what that costs.
struct Booking {
    std::int64_t quantity = 0;
    Int128 amount = 0;
    friend bool operator==(const Booking&, const Booking&) = default;
};

// What has to be booked, so that what was booked becomes what is expected. Once it is booked there
// is nothing left: doing it twice adds nothing.
struct Correction {
    std::int64_t quantity_delta = 0;
    Int128 amount_delta = 0;
    bool nothing() const { return quantity_delta == 0 && amount_delta == 0; }
    friend bool operator==(const Correction&, const Correction&) = default;
};

// `booked` is the charge and all adjustments of it so far.
Result<Correction> correction(const Booking& expected, const Booking& booked);
Result<Booking> booked_with(const Booking& booked, const Correction& correction);

}  // namespace lifeline::pricing
