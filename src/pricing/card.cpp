#include "pricing/card.h"

#include <algorithm>

namespace lifeline::pricing {

std::string_view to_text(CardKind kind) {
    return kind == CardKind::price ? "price" : "cost";
}

const Item* Card::find(std::string_view item) const {
    const auto found = std::ranges::find(items, item, &Item::name);
    return found == items.end() ? nullptr : &*found;
}

const Item* item_for(const Card& card, std::string_view meter, const Words& dims) {
    const auto fits = [&](const Item& item) {
        return item.meter == meter && std::ranges::all_of(item.match, [&](const auto& word) {
                   const auto found = dims.find(word.first);
                   return found != dims.end() && found->second == word.second;
               });
    };
    const auto found = std::ranges::find_if(card.items, fits);
    return found == card.items.end() ? nullptr : &*found;
}

}  // namespace lifeline::pricing
