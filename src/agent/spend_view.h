#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/spend_store.h"
#include "base/loop.h"
#include "journal/journal.h"
#include "journal/view_front.h"

namespace lifeline::agent {

// What model calls have cost over all calls, so that a day's cap holds over a restart without
// reading the day again: a fold of the whole journal, kept in spend.db with its cursor, disposable.
class SpendView : public journal::ViewFront<SpendStore> {
public:
    using ViewFront::ViewFront;

    // The records of that day (UTC) and later, each once.
    void since(WallTime day, Loop& from, journal::Done<std::vector<Ledger::Record>> done);

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::agent
