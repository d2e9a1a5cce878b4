#include "reconciliation/naming.h"

#include <algorithm>

namespace lifeline::reconciliation {

namespace {

void sort_once(std::vector<std::string>& ids) {
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

}  // namespace

void name_what_differs(const Sums& sums, Row& row) {
    sums.differing.add_to(row.differing);
    sums.calls.add_to(row.calls);
    if (row.verdict.layer == Layer::meter) return;
    bool tells = true;  // A charge of very many records has their hash alone.
    for (const Entry* entry : sums.entries) {
        row.differing.push_back(entry->id);
        tells = tells && (entry->kind != "charge" || !entry->records.empty());
    }
    if (row.verdict.layer == Layer::book && tells) sums.unnamed.add_to(row.differing);
}

void order_ids(Row& row) {
    if (row.verdict.klass == Class::match) {
        row.differing.clear();
        row.calls.clear();
    }
    sort_once(row.differing);
    sort_once(row.ids);
    std::erase_if(row.ids, [&](const std::string& id) {
        return std::ranges::binary_search(row.differing, id);
    });
    row.ids.insert(row.ids.begin(), row.differing.begin(), row.differing.end());
    if (row.ids.size() > ids_shown_max) row.ids.resize(ids_shown_max);
}

}  // namespace lifeline::reconciliation
