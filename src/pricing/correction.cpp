#include "pricing/correction.h"

#include "contract/reason.h"

namespace lifeline::pricing {

namespace {

std::unexpected<Error> too_large() {
    return contract::refuse(contract::reason::out_of_range,
                            "the correction is larger than can be counted");
}

}  // namespace

Result<Correction> correction(const Booking& expected, const Booking& booked) {
    std::int64_t quantity = 0;
    if (__builtin_sub_overflow(expected.quantity, booked.quantity, &quantity)) return too_large();
    const auto amount = subtract(expected.amount, booked.amount);
    if (!amount) return too_large();
    return Correction{quantity, *amount};
}

Result<Booking> booked_with(const Booking& booked, const Correction& correction) {
    const auto quantity = add_quantity(booked.quantity, correction.quantity_delta);
    const auto amount = add(booked.amount, correction.amount_delta);
    if (!quantity || !amount) return too_large();
    return Booking{*quantity, *amount};
}

}  // namespace lifeline::pricing
