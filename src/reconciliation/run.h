#pragma once

#include "base/result.h"
#include "reconciliation/evidence_store.h"
#include "reconciliation/history.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

// Compares four layers, hour by hour, account by account, line by line: what was used, counted
// again; the usage records; charges and adjustments; what sinks have. Pure.
Report run(const History& history, const RunQuery& query);
// The same of what the view has, which is read call by call.
Result<Report> run(EvidenceStore& store, const RunQuery& query);

}  // namespace lifeline::reconciliation
