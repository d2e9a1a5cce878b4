#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "reconciliation/evidence_store.h"
#include "reconciliation/report.h"

namespace lifeline::reconciliation {

// Counts everything again. It is folded from the whole journal into reconciliation.db, with its
// cursor: events as they were told, and nothing that was made of them; a run counts from those, as
// of a position. Disposable.
class Reconciliation : public journal::ViewFront<EvidenceStore> {
public:
    using ViewFront::ViewFront;

    void run(RunQuery query, Loop& from, journal::Done<Report> done);

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::reconciliation
