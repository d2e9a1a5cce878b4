#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "snapshots/snapshot_store.h"

namespace lifeline::snapshots {

// Which transcripts are to be snapshotted: at the end of a call, after every so many finals, and
// once more after something of it was erased; until the snapshot stands in the call. A fold of the
// whole journal, kept in snapshots.db with its cursor, disposable: whatever crashes, what is due
// stays due, and nothing is due twice.
class Snapshots : public journal::ViewFront<SnapshotStore> {
public:
    using ViewFront::ViewFront;

    // Called on the home loop when something has become due.
    using ViewFront::on_change;

    // Those behind this one, in the order of the calls' names.
    void due(Due after, std::size_t limit, Loop& from, journal::Done<std::vector<Due>> done);

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::snapshots
