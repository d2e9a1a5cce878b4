#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::pricing {

// Money is whole nano-units of a currency (10^-9), and a price times a quantity of 64 bits does not
// fit 64 bits. A double would: wrongly.
__extension__ typedef __int128 Int128;

// The most digits that an amount may have on the wire (`amount` of schema/v1/words.json), so what
// can be counted can also be written. Int128 itself reaches a little further.
inline constexpr int amount_digits_max = 38;

// Nothing where the result has more digits than that: a sum never wraps.
std::optional<Int128> add(Int128 left, Int128 right);
std::optional<Int128> subtract(Int128 left, Int128 right);
std::optional<Int128> multiply(Int128 left, Int128 right);
// The sum, or the last number before it that can be written: where a sum only has to be held
// against a limit, or shown.
Int128 add_bounded(Int128 left, Int128 right);
// The same as the first for quantities.
std::optional<std::int64_t> add_quantity(std::int64_t left, std::int64_t right);

// Decimal, without leading zeros: "0", "-120".
std::string to_text(Int128 number);
// The way back; nothing for anything that to_text would not have written.
std::optional<Int128> parse_int128(std::string_view text);

}  // namespace lifeline::pricing
