#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/window.h"
#include "pricing/card.h"

// Cards and chance for the tests of this room.
namespace lifeline::pricing {

inline Window hour(std::string_view text) {
    const auto window = parse_window(text);
    EXPECT_TRUE(window) << text;
    return window.value_or(Window{});
}

inline WallTime at(std::string_view text) {
    const auto time = parse_rfc3339(text);
    EXPECT_TRUE(time) << text;
    return time.value_or(WallTime{});
}

inline Card card_of(std::string_view json) {
    auto card = parse_card(json);
    EXPECT_TRUE(card) << (card ? "" : card.error().detail);
    return card ? *card : Card{};
}

// One version with one item; `item` is the inside of it without its name and meter.
inline std::string card_json(std::uint32_t version, std::string_view from, std::string_view item,
                             std::string_view currency = "EUR") {
    return "{\"card\":\"standard\",\"version\":" + std::to_string(version) +
           ",\"kind\":\"price\",\"currency\":\"" + std::string(currency) +
           "\",\"effectiveFrom\":\"" + std::string(from) +
           "\",\"items\":[{\"item\":\"minutes\",\"meter\":\"call.duration_ms\"," +
           std::string(item) + "}]}";
}

// Small on purpose: edges are met, and ties of the rounding, which a large number hardly ever
// meets.
inline Item small_item(Random& random) {
    static constexpr std::int64_t pers[] = {1, 2, 3, 4, 6, 7, 8, 10, 1000};
    Item item{.name = "minutes", .meter = "call.duration_ms", .match = {}};
    item.per = pers[random.below(std::size(pers))];
    item.included = random.below(2) == 0 ? 0 : static_cast<std::int64_t>(random.below(20));
    std::int64_t up_to = 0;
    const auto tiers = 1 + random.below(4);
    for (std::uint64_t i = 0; i < tiers; ++i) {
        up_to += 1 + static_cast<std::int64_t>(random.below(25));
        Tier tier{.unit_nano = static_cast<Int128>(random.below(random.below(2) == 0 ? 8 : 5000))};
        if (i + 1 < tiers) tier.up_to = up_to;
        item.tiers.push_back(tier);
    }
    return item;
}

// A month's quantity in hours, some of them 0.
inline std::vector<std::int64_t> small_hours(Random& random) {
    std::vector<std::int64_t> hours(1 + random.below(12));
    for (auto& quantity : hours)
        quantity = random.below(4) == 0 ? 0 : static_cast<std::int64_t>(random.below(18));
    return hours;
}

}  // namespace lifeline::pricing
