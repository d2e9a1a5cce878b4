#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"
#include "snapshots/snapshot_store.h"

namespace lifeline::snapshots {

// Which transcripts are to be snapshotted: at the end of a call, after every so many finals, and
// once more after something of it was erased; until the snapshot stands in the call. A fold of the
// whole journal, kept in snapshots.db with its cursor, disposable: whatever crashes, what is due
// stays due, and nothing is due twice. Lives on its loop; may be asked from any.
class Snapshots {
public:
    Snapshots(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Called on the home loop when something has become due.
    void on_due(std::function<void()> tell) { tell_ = std::move(tell); }

    void due(std::size_t limit, Loop& from, journal::Done<std::vector<Due>> done);

private:
    using View = journal::View<SnapshotStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    contract::EventChecker checker_;
    std::function<void()> tell_;
    View view_;
};

}  // namespace lifeline::snapshots
