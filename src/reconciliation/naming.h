#pragma once

#include "reconciliation/ledger.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

// Which calls, records and charges of a line differ, by the layer in which it does.
void name_what_differs(const Sums& sums, Row& row);
// Whatever differs stands first, however much stands beside it; nothing twice.
void order_ids(Row& row);

}  // namespace lifeline::reconciliation
