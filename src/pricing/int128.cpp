#include "pricing/int128.h"

#include <fmt/format.h>

#include "contract/form.h"

namespace lifeline::pricing {

namespace {

constexpr Int128 power_of_ten(int digits) {
    Int128 power = 1;
    for (int i = 0; i < digits; ++i) power *= 10;
    return power;
}

constexpr Int128 amount_end = power_of_ten(amount_digits_max);

std::optional<Int128> in_range(bool wrapped, Int128 number) {
    if (wrapped || number <= -amount_end || number >= amount_end) return std::nullopt;
    return number;
}

}  // namespace

std::optional<Int128> add(Int128 left, Int128 right) {
    Int128 sum = 0;
    const bool wrapped = __builtin_add_overflow(left, right, &sum);
    return in_range(wrapped, sum);
}

Int128 add_bounded(Int128 left, Int128 right) {
    return add(left, right).value_or(right < 0 ? 1 - amount_end : amount_end - 1);
}

std::optional<Int128> subtract(Int128 left, Int128 right) {
    Int128 difference = 0;
    const bool wrapped = __builtin_sub_overflow(left, right, &difference);
    return in_range(wrapped, difference);
}

std::optional<Int128> multiply(Int128 left, Int128 right) {
    Int128 product = 0;
    const bool wrapped = __builtin_mul_overflow(left, right, &product);
    return in_range(wrapped, product);
}

std::optional<std::int64_t> add_quantity(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(left, right, &sum)) return std::nullopt;
    return sum;
}

std::string to_text(Int128 number) {
    return fmt::format("{}", number);
}

std::optional<Int128> parse_int128(std::string_view text) {
    if (!contract::matches(contract::Form::amount, text)) return std::nullopt;
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    Int128 number = 0;  // 38 digits always fit.
    for (const char c : text) number = number * 10 + (c - '0');
    return negative ? -number : number;
}

}  // namespace lifeline::pricing
