#include "reconciliation/run.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "reconciliation/compare.h"
#include "reconciliation/ledger.h"
#include "reconciliation/naming.h"
#include "reconciliation/recount.h"

namespace lifeline::reconciliation {

namespace {

Report report_of(const House& house, const RunQuery& query, Ledger& ledger) {
    Report report{.query = query, .rows = {}};
    Comparer compare(house, query, ledger);
    for (auto& [line, sums] : ledger.lines()) {
        // Also those before: what came late there moves the rest of its month.
        auto row = compare.of_books(line, sums);
        if (line.window < query.first || line.window > query.last) continue;
        if (row) report.rows.push_back(*std::move(row));
        for (Row& one : compare.of_deliveries(line, sums)) report.rows.push_back(std::move(one));
    }
    std::ranges::sort(report.rows, {}, &Row::key);
    for (Row& row : report.rows) {
        order_ids(row);
        std::ranges::sort(row.verdict.causes);
        if (row.is_finding()) row.finding_id = finding_id(row.key, row.verdict);
        row.proposal = propose(row);
    }
    return report;
}

// The first of each id that is told more than once.
std::vector<Record> firsts_of(const std::vector<Record>& records) {
    std::map<std::string_view, const Record*> known;
    std::map<std::string_view, const Record*> twice;
    for (const Record& record : records) {
        const auto [first, news] = known.try_emplace(record.id, &record);
        if (!news) twice.emplace(record.id, first->second);
    }
    std::vector<Record> firsts;
    for (const auto& [id, first] : twice) firsts.push_back(*first);
    return firsts;
}

}  // namespace

Report run(const History& history, const RunQuery& query) {
    House house = static_cast<const House&>(history);
    house.firsts = firsts_of(history.records);
    struct Call {
        const RawCall* told = nullptr;
        std::vector<Record> records = {};
    };
    std::map<std::string, Call> calls;
    for (const RawCall& call : history.calls) calls[call.session].told = &call;
    for (const Record& record : history.records) calls[record.session].records.push_back(record);
    Ledger ledger(house);
    for (const auto& [session, call] : calls) ledger.add(call.told, call.records);
    ledger.price();
    return report_of(house, query, ledger);
}

Result<Report> run(EvidenceStore& store, const RunQuery& query) {
    const auto house = store.house(query.first, query.last, query.up_to);
    if (!house) return fail(house.error());
    Ledger ledger(*house);
    const auto read = store.each_call(
        query.first, query.last, query.up_to,
        [&](const RawCall* call, std::span<const Record> records) { ledger.add(call, records); });
    if (!read) return fail(read.error());
    ledger.price();
    return report_of(*house, query, ledger);
}

}  // namespace lifeline::reconciliation
