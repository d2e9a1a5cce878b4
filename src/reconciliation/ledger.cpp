#include "reconciliation/ledger.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include "reconciliation/bounded.h"

namespace lifeline::reconciliation {

Ledger::Ledger(const House& house) : house_(house), payers_(house) {
    for (const Record& first : house.firsts) firsts_.emplace(first.id, &first);
    for (const Delivery& one : house.deliveries) deliveries_[one.entry].push_back(&one);
    for (const Elsewhere& one : house.elsewhere)
        elsewhere_[{one.account, one.item, one.window}].push_back(&one);
    add_entries();
}

const pricing::Card* Ledger::card_of(const std::string& account, Window window) {
    if (!payer_ || payer_->first != account || payer_->second != window) {
        paid_by_ = payers_.card_for(account, window);
        payer_.emplace(account, window);
    }
    return paid_by_;
}

std::pair<const Line, Sums>& Ledger::line_of(const std::string& account, const std::string& meter,
                                             const pricing::Words& dims, Window window) {
    const pricing::Card* const card = card_of(account, window);
    const pricing::Item* const item = card == nullptr ? nullptr : line_for(*card, meter, dims);
    auto& line =
        *lines_.try_emplace({account, item == nullptr ? "" : item->name, meter, window}).first;
    line.second.card = card;
    line.second.item = item;
    return line;
}

void Ledger::add_entries() {
    for (const Entry& entry : house_.entries) {
        Sums& sums = lines_[{entry.account, entry.item, entry.meter, entry.window}];
        const auto [first, news] = entries_.try_emplace(entry.id, &entry);
        if (!news) {
            if (first->second->content != entry.content) {
                sums.conflict_booked = true;
                sums.differing.add(entry.id);
            }
            continue;
        }
        if (sums.item == nullptr) {
            sums.card = card_of(entry.account, entry.window);
            const pricing::Item* const item =
                sums.card == nullptr ? nullptr : sums.card->find(entry.item);
            if (item != nullptr && item->meter == entry.meter) sums.item = item;
        }
        sums.entries.push_back(&entry);
        if (entry.kind == "charge")
            for (const std::string& record : entry.records) named_.emplace(record, false);
        if (entry.kind == "write_off") continue;
        sums.booked = bounded_sum(sums.booked, entry.quantity);
        if (entry.is_minimum()) {
            sums.booked_minimum = bounded_sum(sums.booked_minimum, entry.amount);
            continue;
        }
        sums.booked_amount = bounded_sum(sums.booked_amount, entry.amount);
        if (entry.kind != "charge")
            sums.adjusted.insert(entry.records.begin(), entry.records.end());
    }
}

void Ledger::add(const RawCall* call, std::span<const Record> records) {
    Counts counts = call == nullptr ? Counts() : recount(house_, *call);
    std::map<Cell, Sides> cells;
    for (const auto& [cell, count] : counts)
        cells.emplace_hint(cells.end(), cell, Sides{.session = call->session, .count = &count});
    for (const Record& record : records) {
        if (const auto named = named_.find(record.id); named != named_.end()) named->second = true;
        if (!stands(record)) continue;
        const Cell cell{record.account, record.meter, record.participant, record.dims,
                        record.window};
        Sides& sides = cells[cell];
        sides.session = record.session;
        sides.records.push_back(&record);
        if (!record.quantity) continue;
        sides.measured = bounded_sum(sides.measured, *record.quantity);
        if (!house_.erased.contains(record.session)) continue;
        // Its events are gone, and its signed records are what there is.
        Count& count = counts[cell];
        count.unit = record.unit;
        count.pieces.push_back({record.position, *record.quantity});
        sides.count = &count;
    }
    for (const auto& [cell, sides] : cells) add_cell(cell, sides);
}

// The first of an id stands; another one that says something else is a conflict.
bool Ledger::stands(const Record& record) {
    const auto first = firsts_.find(record.id);
    if (first == firsts_.end() || first->second->position == record.position) return true;
    const Record& other = *first->second;
    line_of(record.account, record.meter, record.dims, record.window);
    if (other.content != record.content) {
        Sums& sums = line_of(other.account, other.meter, other.dims, other.window).second;
        sums.conflict_measured = true;
        sums.differing.add(other.id);
        sums.calls.add(other.session);
        sums.calls.add(record.session);
    }
    return false;
}

// A sink may have something of which there is neither usage nor a charge.
void Ledger::add_elsewhere() {
    std::set<Said> known;
    for (const auto& [line, sums] : lines_) known.emplace(line.account, line.item, line.window);
    for (const auto& [said, words] : elsewhere_) {
        if (known.contains(said)) continue;
        std::map<std::string_view, const Elsewhere*> newest;
        for (const Elsewhere* word : words) newest[word->sink] = word;
        const bool something = std::ranges::any_of(newest, [](const auto& of_sink) {
            const Elsewhere& word = *of_sink.second;
            return word.quantity != 0 || !word.charges.empty();
        });
        if (!something) continue;
        const std::string account(std::get<0>(said));
        const std::string name(std::get<1>(said));
        const pricing::Card* const card = card_of(account, std::get<2>(said));
        const pricing::Item* const item = card == nullptr ? nullptr : card->find(name);
        Sums& sums =
            lines_[{account, name, item == nullptr ? "unknown" : item->meter, std::get<2>(said)}];
        sums.card = card;
        sums.item = item;
    }
}

// Hour by hour of each month: what the month had before it, counted and booked.
void Ledger::price() {
    add_elsewhere();
    const Line* last = nullptr;
    std::int64_t counted = 0;
    std::int64_t booked = 0;
    for (auto& [line, sums] : lines_) {
        const bool goes_on = last != nullptr && last->account == line.account &&
                             last->item == line.item && last->meter == line.meter &&
                             month_of(last->window) == month_of(line.window);
        if (!goes_on) counted = booked = 0;
        last = &line;
        if (sums.item != nullptr) {
            sums.expected_amount =
                price_between(*sums.item, counted, bounded_sum(counted, sums.counted));
            sums.amount_by_books =
                price_between(*sums.item, booked, bounded_sum(booked, sums.booked));
        }
        counted = bounded_sum(counted, sums.counted);
        booked = bounded_sum(booked, sums.booked);
    }
    add_minimums();
}

bool Ledger::knows(std::string_view record) const {
    const auto named = named_.find(record);
    return named != named_.end() && named->second;
}

const Entry* Ledger::entry(const std::string& id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : found->second;
}

std::span<const Delivery* const> Ledger::deliveries(std::string_view entry) const {
    const auto found = deliveries_.find(entry);
    if (found == deliveries_.end()) return {};
    return found->second;
}

std::span<const Elsewhere* const> Ledger::elsewhere(const Line& line) const {
    const auto found = elsewhere_.find({line.account, line.item, line.window});
    if (found == elsewhere_.end()) return {};
    return found->second;
}

void Ledger::moves_late(const Line& line) {
    for (auto at = lines_.upper_bound(line); at != lines_.end(); ++at) {
        if (at->first.account != line.account || at->first.item != line.item ||
            at->first.meter != line.meter || month_of(at->first.window) != month_of(line.window))
            return;
        at->second.before_is_late = true;
    }
}

}  // namespace lifeline::reconciliation
