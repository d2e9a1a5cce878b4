#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "pricing/int128.h"

namespace lifeline::pricing {

using Words = std::map<std::string, std::string, std::less<>>;

// A part of a month's quantity and its price.
struct Tier {
    std::optional<std::int64_t> up_to = {};  // The last base unit of it; nothing: all that is left.
    Int128 unit_nano = 0;                    // For `per` base units of its item.
};

// One line of a card.
struct Item {
    std::string name;
    std::string meter;
    Words match = {};  // What a record's dims must have.
    std::int64_t per = 1;
    std::int64_t included = 0;  // Of each month, for nothing. Tiers count what comes after it.
    Int128 minimum_nano = 0;    // Of each month in which it was used.
    std::vector<Tier> tiers = {};
};

enum class CardKind : std::uint8_t { price, cost };  // What is paid to us, or by us.
std::string_view to_text(CardKind kind);

// One version of a card, whole and checked: every quantity of 64 bits has an amount by it. It never
// changes.
struct Card {
    std::string name;
    std::uint32_t version = 1;
    CardKind kind = CardKind::price;
    std::string currency;
    Window effective_from;
    std::vector<Item> items = {};
    std::string json = {};    // Canonical, as it was given, without `sha256` and `by`.
    std::string sha256 = {};  // Of that.

    const Item* find(std::string_view item) const;  // Null where it has none of that name.
};

inline bool same_content(const Card& one, const Card& other) {
    return one.sha256 == other.sha256;
}

// The payload of billing.card.activated, or the same before it has a `sha256`. Refused with
// card_invalid and the pointer of the first fault; a `sha256` that is given must be right.
Result<Card> parse_card(std::string_view json);

// So `per` base units cost less than ten thousand million of the currency. That times the largest
// quantity is still an amount: no quantity overflows by a card that was accepted.
inline constexpr int unit_nano_digits_max = 19;

// The first line that prices such a record. Null: unpriced, which is not the same as free.
const Item* item_for(const Card& card, std::string_view meter, const Words& dims);

}  // namespace lifeline::pricing
