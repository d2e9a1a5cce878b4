#include <ranges>

#include "reconciliation/bounded.h"
#include "reconciliation/ledger.h"

// What one call and kind adds to its line, and what is wrong with it.
namespace lifeline::reconciliation {

namespace {

// The gap is what came last, after the closing, and was not written down yet.
bool came_late(const std::vector<Piece>& pieces, std::uint64_t closed_at, std::int64_t gap) {
    std::int64_t sum = 0;
    for (const Piece& piece : pieces | std::views::reverse) {
        if (piece.position <= closed_at) return false;
        sum = bounded_sum(sum, piece.quantity);
        if (sum == gap) return true;
    }
    return false;
}

// One fact, measured twice under two ids: the excess is what one of them says.
bool measured_twice(const std::vector<const Record*>& records, std::int64_t excess) {
    for (std::size_t i = 0; i < records.size(); ++i)
        for (std::size_t k = i + 1; k < records.size(); ++k)
            if (records[i]->fact == records[k]->fact && records[i]->quantity == excess) return true;
    return false;
}

}  // namespace

void Ledger::add_cell(const Cell& cell, const Sides& sides) {
    auto& [line, sums] = line_of(cell.account, cell.meter, cell.dims, cell.window);
    const Count* const count = sides.count;
    const auto closed = house_.closed.find(line.window);
    const std::uint64_t closed_at = closed == house_.closed.end() ? 0 : closed->second;
    sums.any_cell = true;
    if (count != nullptr) {
        sums.unit = count->unit;
        sums.unknown = sums.unknown || count->unknown > 0;
    } else if (sums.unit.empty()) {
        sums.unit = sides.records.front()->unit;
    }
    bool other_unit = false;
    for (const Record* record : sides.records) {
        sums.ids.add(record->id);
        if (!named_.contains(record->id) && !sums.adjusted.contains(record->id))
            sums.unnamed.add(record->id);
        if (count != nullptr && record->unit != count->unit) other_unit = true;
        if (record->quantity && record->position > closed_at && !sums.adjusted.contains(record->id))
            sums.late_records = bounded_sum(sums.late_records, *record->quantity);
    }
    sums.units_differ = sums.units_differ || other_unit;
    const std::int64_t should = count == nullptr ? 0 : count->sum();
    sums.counted = bounded_sum(sums.counted, should);
    sums.measured = bounded_sum(sums.measured, sides.measured);
    const bool declared = count == nullptr || count->declared;
    if (!declared) sums.undeclared = true;
    const std::int64_t gap = should - sides.measured;
    // A record that lacks has no name yet, its call has; of those there are each may be the one.
    if (gap != 0 || other_unit || (count != nullptr && count->unknown > 0)) {
        sums.calls.add(sides.session);
        for (const Record* record : sides.records) sums.differing.add(record->id);
    }
    if (gap == 0) return;
    sums.cells_differ = true;
    if (count == nullptr) sums.orphan = true;
    if (measured_twice(sides.records, -gap)) sums.duplicate = true;
    if (count == nullptr || !declared || !came_late(count->pieces, closed_at, gap))
        sums.all_late = false;
}

}  // namespace lifeline::reconciliation
