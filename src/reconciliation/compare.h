#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciliation/ledger.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

// Compares a line of the ledger layer by layer; each comparison is a row of the report. Lines are
// compared in their order: what came late in one moves those behind it.
class Comparer {
public:
    Comparer(const House& house, const RunQuery& query, Ledger& ledger)
        : house_(house), query_(query), ledger_(ledger) {}

    // What was used, counted again, with its records and with what is booked of it; nothing where
    // there is nothing to say.
    std::optional<Row> of_books(const Line& line, const Sums& sums);
    // What is booked with what each sink has.
    std::vector<Row> of_deliveries(const Line& line, const Sums& sums);

private:
    void judge_entries(const Sums& sums, Comparison& of, Row& row,
                       std::vector<std::string>& causes);

    const House& house_;
    const RunQuery& query_;
    Ledger& ledger_;
};

}  // namespace lifeline::reconciliation
