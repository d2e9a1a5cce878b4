#include "reconciliation/compare.h"

#include <algorithm>
#include <utility>

#include "base/late.h"
#include "reconciliation/deliveries.h"
#include "reconciliation/naming.h"

namespace lifeline::reconciliation {

namespace {

Key key_of(const Line& line, const Sums& sums) {
    Key key{.account = line.account,
            .window = line.window,
            .meter = line.meter,
            .item = line.item,
            .card = {},
            .currency = {}};
    if (sums.card != nullptr && sums.item != nullptr) {
        key.card = sums.card->name;
        key.card_version = sums.card->version;
        key.currency = sums.card->currency;
    } else if (!sums.entries.empty()) {
        key.card = sums.entries.front()->card;
        key.card_version = sums.entries.front()->card_version;
        key.currency = sums.entries.front()->currency;
    }
    return key;
}

}  // namespace

std::optional<Row> Comparer::of_books(const Line& line, const Sums& sums) {
    Comparison of;
    Row row{.key = key_of(line, sums)};
    std::vector<std::string> causes;
    of.closed = house_.closed.contains(line.window);
    of.expired = house_.as_of - WallTime(line.window + std::chrono::hours(1)) >
                 std::min(query_.horizon, late_horizon);
    of.counted = sums.counted;
    of.measured = sums.measured;
    of.booked = sums.booked;
    of.conflict_measured = sums.conflict_measured;
    of.conflict_booked = sums.conflict_booked;
    of.unknown = sums.unknown;
    of.units_differ_measured = sums.units_differ;
    of.cells_differ = sums.cells_differ;
    of.orphan_measured = sums.orphan;
    of.duplicate_measured = sums.duplicate;
    of.late_measured = sums.cells_differ && sums.all_late;
    sums.ids.add_to(row.ids);
    of.late_booked = of.measured - of.booked == sums.late_records;
    if (sums.undeclared) causes.emplace_back("meter_unknown");
    of.priced = sums.item != nullptr || !sums.entries.empty();
    if (!of.priced) causes.emplace_back("unpriced");
    judge_entries(sums, of, row, causes);
    of.amounts_differ = sums.booked_amount != sums.expected_amount;
    of.moved = of.amounts_differ && sums.booked_amount == sums.amount_by_books;
    of.moved_late = sums.before_is_late;
    if (of.moved) causes.emplace_back("month_before_differs");
    if (of.unknown) causes.emplace_back("unknown_quantity");
    if (sums.counted == sums.measured && of.cells_differ)
        causes.emplace_back("offset_within_the_hour");
    row.verdict = classify(of);
    row.verdict.causes = std::move(causes);
    name_what_differs(sums, row);
    if (sums.nothing() && row.verdict.klass == Class::match) return std::nullopt;

    row.counted = sums.counted, row.measured = sums.measured, row.booked = sums.booked;
    row.expected.quantity = sums.counted;
    const bool metered = row.verdict.layer == Layer::meter && row.verdict.klass != Class::match;
    row.recorded.quantity = metered || !of.priced ? sums.measured : sums.booked;
    if (of.priced && of.closed) {
        row.expected.amount = sums.expected_amount;
        row.recorded.amount = sums.booked_amount;
    }
    if (row.verdict.klass == Class::late || row.verdict.klass == Class::late_expired)
        ledger_.moves_late(line);
    return row;
}

void Comparer::judge_entries(const Sums& sums, Comparison& of, Row& row,
                             std::vector<std::string>& causes) {
    const Entry* charge = nullptr;
    for (const Entry* entry : sums.entries) {
        row.ids.push_back(entry->id);
        if (entry->kind == "write_off") {
            causes.emplace_back("written_off");
            continue;
        }
        if (entry->is_minimum()) {
            if (sums.card != nullptr && entry->currency != sums.card->currency)
                of.units_differ_booked = true;
            causes.emplace_back("minimum");
            continue;
        }
        if (sums.item == nullptr) {
            of.orphan_booked = true;
            continue;
        }
        if (entry->currency != sums.card->currency ||
            (!entry->unit.empty() && !sums.unit.empty() && entry->unit != sums.unit))
            of.units_differ_booked = true;
        // An adjustment that a person made names the card as the books had it.
        if (!entry->card.empty() &&
            (entry->card != sums.card->name || entry->card_version != sums.card->version ||
             (!entry->card_sha256.empty() && entry->card_sha256 != sums.card->sha256)))
            of.card_differs = true;
        if (entry->kind != "charge") {
            causes.emplace_back("adjusted");
            continue;
        }
        if (charge != nullptr && charge->records_hash == entry->records_hash)
            of.duplicate_booked = true;
        charge = entry;
        // Where what was used says the same as what is booked, the record is what lacks.
        for (const std::string& record : entry->records) {
            if (ledger_.knows(record) || sums.booked == sums.counted) continue;
            of.orphan_booked = true;
            row.differing.push_back(record);
        }
    }
    if (!sums.entries.empty() && !sums.any_cell && sums.booked != 0) of.orphan_booked = true;
    std::ranges::sort(causes);
    causes.erase(std::ranges::unique(causes).begin(), causes.end());
}

std::vector<Row> Comparer::of_deliveries(const Line& line, const Sums& sums) {
    std::vector<Row> rows;
    for (const auto& [sink, of] : compare_deliveries(house_, query_, line, sums, ledger_)) {
        Row row{.key = key_of(line, sums)};
        row.key.sink = sink;
        row.verdict = classify(of.comparison);
        row.verdict.causes = of.causes;
        row.expected = of.expected;
        row.recorded = of.recorded;
        row.counted = sums.counted, row.measured = sums.measured, row.booked = sums.booked;
        row.ids = of.ids;
        row.differing = of.differing;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace lifeline::reconciliation
