#include "pricing/statement_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "contract/reason.h"
#include "pricing/rate.h"

namespace lifeline::pricing {

namespace {

using contract::refuse;
namespace reason = contract::reason;

std::unexpected<Error> too_large(std::string_view item) {
    return refuse(reason::out_of_range, fmt::format("{} comes to more than can be counted", item));
}

Status check_currency(std::string_view id, std::string_view one, std::string_view all) {
    if (one == all) return {};
    return refuse(reason::currency_differs,
                  fmt::format("{} is in {}, the statement in {}", id, one, all));
}

// The same id is the same fact.
template <class Booked>
std::vector<Booked> first_of_each(const std::vector<Booked>& all) {
    std::vector<Booked> firsts;
    std::set<std::string_view> seen;
    for (const auto& one : all)
        if (seen.insert(one.id).second) firsts.push_back(one);
    return firsts;
}

// Adds what one charge was for to its line's parts, those of one price together.
Status add_parts(StatementLine& line, const Charge& charge, const CardBook& book) {
    const auto* card = book.find(charge.card, charge.card_version);
    const auto* item = card == nullptr ? nullptr : card->find(charge.item);
    std::vector<StatementPart> parts;
    Int128 explained = 0;
    const auto after = add_quantity(charge.before, charge.quantity);
    if (!after) return too_large(charge.id);
    if (item != nullptr) {
        const auto cut = parts_between(*item, charge.before, *after);
        if (!cut) return fail(cut.error());
        for (const auto& [tier, quantity, amount] : *cut) {
            parts.push_back(
                {.what = tier ? StatementPart::What::tier : StatementPart::What::included,
                 .card_version = charge.card_version,
                 .tier = tier.value_or(0),
                 .quantity = quantity,
                 .per = item->per,
                 .unit_nano = tier ? item->tiers[*tier].unit_nano : 0,
                 .amount = amount});
            explained += amount;
        }
    }
    const auto other = subtract(charge.amount, explained);
    if (!other) return too_large(charge.id);
    if (*other != 0)
        parts.push_back({.what = StatementPart::What::other,
                         .card_version = charge.card_version,
                         .quantity = item == nullptr ? charge.quantity : 0,
                         .amount = *other});
    for (const auto& part : parts) {
        const auto same = std::ranges::find_if(line.parts, [&](const StatementPart& known) {
            return std::tie(known.what, known.card_version, known.tier) ==
                   std::tie(part.what, part.card_version, part.tier);
        });
        if (same == line.parts.end()) {
            line.parts.push_back(part);
            continue;
        }
        const auto quantity = add_quantity(same->quantity, part.quantity);
        const auto amount = add(same->amount, part.amount);
        if (!quantity || !amount) return too_large(charge.id);
        same->quantity = *quantity;
        same->amount = *amount;
    }
    return {};
}

Status add_charge(StatementLine& line, const Charge& charge, const CardBook& book) {
    const auto quantity = add_quantity(line.quantity, charge.quantity);
    const auto amount = add(line.amount, charge.amount);
    if (!quantity || !amount) return too_large(charge.item);
    line.quantity = *quantity;
    line.amount = *amount;
    line.charges.push_back(charge);
    return add_parts(line, charge, book);
}

}  // namespace

Result<std::vector<StatementLine>> usage_lines(const StatementInput& input, const CardBook& book) {
    auto charges = first_of_each(input.charges);
    std::ranges::sort(charges, {}, [](const Charge& one) {
        return std::tie(one.item, one.card, one.meter, one.unit, one.window, one.id);
    });
    std::vector<StatementLine> lines;
    for (const auto& charge : charges) {
        if (month_of(charge.window) != input.month)
            return refuse(reason::out_of_range,
                          fmt::format("{} is of {}, the statement of {}", charge.id,
                                      text_of(charge.window), text_of(input.month)));
        if (const auto same = check_currency(charge.id, charge.currency, input.currency); !same)
            return fail(same.error());
        if (lines.empty() ||
            std::tie(lines.back().item, lines.back().card, lines.back().meter, lines.back().unit) !=
                std::tie(charge.item, charge.card, charge.meter, charge.unit))
            lines.push_back({.card = charge.card,
                             .item = charge.item,
                             .meter = charge.meter,
                             .unit = charge.unit});
        if (const auto added = add_charge(lines.back(), charge, book); !added)
            return fail(added.error());
    }
    return lines;
}

Result<std::vector<StatementLine>> adjustment_lines(const StatementInput& input,
                                                    const std::vector<StatementLine>& usage) {
    auto adjustments = first_of_each(input.adjustments);
    std::ranges::sort(adjustments, {}, [](const Adjustment& one) {
        return std::tie(one.service, one.item, one.id);
    });
    std::vector<StatementLine> lines;
    for (const auto& one : adjustments) {
        if (const auto same = check_currency(one.id, one.currency, input.currency); !same)
            return fail(same.error());
        const auto known = std::ranges::find(usage, one.meter, &StatementLine::meter);
        const std::string unit = known == usage.end() ? std::string() : known->unit;
        lines.push_back({.kind = StatementLine::Kind::adjustment,
                         .card = one.card,
                         .item = one.item,
                         .meter = one.meter,
                         .unit = one.unit.empty() ? unit : one.unit,
                         .quantity = one.quantity,
                         .amount = one.amount,
                         .adjustment = one});
    }
    return lines;
}

}  // namespace lifeline::pricing
