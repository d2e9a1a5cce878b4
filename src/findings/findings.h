#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "findings/findings_store.h"
#include "journal/journal.h"
#include "journal/view_front.h"

namespace lifeline::findings {

// What reconciliation found wrong and what became of it, which runs there were, whom it was told,
// and what others said they have: folded from the whole journal into findings.db, with its cursor.
// Disposable.
class Findings : public journal::ViewFront<FindingsStore> {
public:
    using ViewFront::ViewFront;

    // Called on the home loop when a finding, a run or an alert changed.
    using ViewFront::on_change;

    using ViewFront::ask;

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::findings
