#pragma once

#include <map>
#include <string>
#include <vector>

#include "reconciliation/ledger.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

// What a sink should have of a line, and what it has.
struct Delivered {
    DeliveryComparison comparison;
    Amounts expected;
    Amounts recorded;
    std::vector<std::string> ids;
    std::vector<std::string> differing;  // Charges that it lacks, or has and should not.
    std::vector<std::string> causes;
};
std::map<std::string, Delivered> compare_deliveries(const House& house, const RunQuery& query,
                                                    const Line& line, const Sums& sums,
                                                    const Ledger& ledger);

}  // namespace lifeline::reconciliation
