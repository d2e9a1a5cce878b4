#include <algorithm>

#include "reconciliation/recount.h"

// Prices once more: the card in force, the line that fits, and R(q), each written down a second
// time from docs/billing.md.
namespace lifeline::reconciliation {

namespace {

using pricing::Int128;

// Half to even.
Int128 nearest(Int128 numerator, Int128 denominator) {
    Int128 whole = numerator / denominator;
    const Int128 twice = (numerator - whole * denominator) * 2;
    if (twice > denominator || (twice == denominator && whole % 2 != 0)) ++whole;
    return whole;
}

// A month's first so many base units, tier by tier, from its begin.
Int128 month_costs(const pricing::Item& item, std::int64_t quantity) {
    Int128 left = static_cast<Int128>(quantity) - item.included;
    Int128 reached = 0;
    Int128 sum = 0;
    for (const pricing::Tier& tier : item.tiers) {
        if (left <= 0) break;
        const Int128 here = tier.up_to ? std::min<Int128>(left, *tier.up_to - reached) : left;
        sum += here * tier.unit_nano;
        left -= here;
        reached += here;
    }
    return nearest(sum, item.per);
}

}  // namespace

Payers::Payers(const House& house) : house_(house) {
    for (const pricing::Card& card : house.cards) versions_[card.name].push_back(&card);
}

const pricing::Card* Payers::card_for(std::string_view account, Window window) const {
    std::string_view name = standard_card;
    if (const auto own = house_.assigned.find(account); own != house_.assigned.end())
        for (const Assigned& one : own->second)
            if (one.from <= window) name = one.card;
    const auto versions = versions_.find(name);
    if (versions == versions_.end()) return nullptr;
    // The highest that has begun by then.
    const pricing::Card* found = nullptr;
    for (const pricing::Card* card : versions->second)
        if (card->effective_from <= window && (found == nullptr || card->version > found->version))
            found = card;
    return found;
}

const pricing::Item* line_for(const pricing::Card& card, const std::string& meter,
                              const pricing::Words& dims) {
    for (const pricing::Item& item : card.items) {
        bool fits = item.meter == meter;
        for (const auto& [name, word] : item.match) {
            const auto has = dims.find(name);
            fits = fits && has != dims.end() && has->second == word;
        }
        if (fits) return &item;
    }
    return nullptr;
}

Int128 price_between(const pricing::Item& item, std::int64_t before, std::int64_t after) {
    return month_costs(item, after) - month_costs(item, before);
}

}  // namespace lifeline::reconciliation
