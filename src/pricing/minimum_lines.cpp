#include <algorithm>
#include <map>
#include <utility>

#include "pricing/correction.h"
#include "pricing/rate.h"
#include "pricing/statement_lines.h"

// The least that is paid for an item in a month in which it was used, whatever cards priced it.
namespace lifeline::pricing {

namespace {

struct UsedHour {
    Int128 quantity = 0;
    std::string card;
    std::uint32_t version = 0;
    std::string meter;
    std::string unit;
};

struct ItemMonth {
    Booking sum;
    std::map<Window, UsedHour> hours = {};
};
using Items = std::map<std::string, ItemMonth, std::less<>>;

Status add(Booking& sum, std::int64_t quantity, Int128 amount) {
    const auto with = booked_with(sum, {quantity, amount});
    if (!with) return fail(with.error());
    sum = *with;
    return {};
}

// What is corrected by hand counts, and says nothing of when the item was used. Goodwill (a
// write-off) is not usage: a minimum does not take it back.
Result<Items> items_of(Month month, const std::vector<StatementLine>& usage,
                       const std::vector<StatementLine>& adjustments) {
    Items items;
    for (const auto& line : usage) {
        ItemMonth& item = items[line.item];
        if (const auto added = add(item.sum, line.quantity, line.amount); !added)
            return fail(added.error());
        for (const auto& charge : line.charges) {
            UsedHour& hour = item.hours[charge.window];
            hour = {hour.quantity + charge.quantity, charge.card, charge.card_version, charge.meter,
                    charge.unit};
        }
    }
    for (const auto& line : adjustments) {
        const Adjustment& one = *line.adjustment;
        if (one.kind == "write_off" || month_of(one.service) != month || is_minimum(one, month))
            continue;
        ItemMonth& item = items[line.item];
        if (const auto added = add(item.sum, line.quantity, line.amount); !added)
            return fail(added.error());
        if (one.by_hand) continue;
        UsedHour& hour = item.hours[one.service];
        hour.quantity += line.quantity;
        if (!hour.card.empty()) continue;
        hour.card = line.card;
        hour.version = one.card_version;
        hour.meter = line.meter;
        hour.unit = line.unit;
    }
    return items;
}

const UsedHour* last_used(const ItemMonth& item) {
    const UsedHour* last = nullptr;
    for (const auto& [window, hour] : item.hours)
        if (hour.quantity != 0) last = &hour;
    return last;
}

StatementLine line_of(const UsedHour& hour, std::string item, Int128 amount, Int128 minimum_nano) {
    return {.kind = StatementLine::Kind::minimum,
            .card = hour.card,
            .item = std::move(item),
            .meter = hour.meter,
            .unit = hour.unit,
            .amount = amount,
            .card_version = hour.version,
            .minimum_nano = minimum_nano};
}

const Item* item_of(const CardBook& book, const std::string& card, std::uint32_t version,
                    std::string_view name) {
    const Card* const found = book.find(card, version);
    return found == nullptr ? nullptr : found->find(name);
}

}  // namespace

bool is_minimum(const Adjustment& adjustment, Month month) {
    return adjustment.kind == "price_fix" && !adjustment.by_hand &&
           month_of(adjustment.service) == month;
}

Result<std::vector<StatementLine>> minimum_lines(Month month,
                                                 const std::vector<StatementLine>& usage,
                                                 const std::vector<StatementLine>& adjustments,
                                                 const CardBook& book) {
    const auto items = items_of(month, usage, adjustments);
    if (!items) return fail(items.error());
    std::vector<StatementLine> lines;
    for (const auto& line : adjustments) {
        const Adjustment& one = *line.adjustment;
        if (!is_minimum(one, month)) continue;
        const auto* item = item_of(book, line.card, one.card_version, line.item);
        StatementLine booked = line;
        booked.kind = StatementLine::Kind::minimum;
        booked.card_version = one.card_version;
        const auto of = items->find(line.item);
        const UsedHour* const last = of == items->end() ? nullptr : last_used(of->second);
        if (booked.unit.empty() && last != nullptr) booked.unit = last->unit;
        booked.minimum_nano = item == nullptr ? Int128(0) : item->minimum_nano;
        lines.push_back(std::move(booked));
    }
    const auto booked = lines.size();
    for (const auto& [name, of] : *items) {
        bool known = false;
        for (std::size_t i = 0; i < booked; ++i) known = known || lines[i].item == name;
        const UsedHour* const last = last_used(of);
        if (known || last == nullptr) continue;
        const auto* item = item_of(book, last->card, last->version, name);
        if (item == nullptr) continue;
        const auto due = minimum_due(*item, of.sum.quantity, of.sum.amount);
        if (!due) return fail(due.error());
        if (*due != 0) lines.push_back(line_of(*last, name, *due, item->minimum_nano));
    }
    std::ranges::sort(lines, {}, &StatementLine::item);
    return lines;
}

}  // namespace lifeline::pricing
