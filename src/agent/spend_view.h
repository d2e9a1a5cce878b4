#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/spend_store.h"
#include "base/loop.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"

namespace lifeline::agent {

// What model calls have cost over all calls, so that a day's cap holds over a restart without
// reading the day again: a fold of the whole journal, kept in spend.db with its cursor, disposable.
// Lives on its loop; may be asked from any.
class SpendView {
public:
    SpendView(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Nothing that was erased before is in its files any more.
    void settle(journal::Settle how, Loop& from, journal::Done<void> done) {
        view_.settle(how, from, std::move(done));
    }
    // The records of that day (UTC) and later, each once.
    void since(WallTime day, Loop& from, journal::Done<std::vector<Ledger::Record>> done);

private:
    using View = journal::View<SpendStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    contract::EventChecker checker_;
    View view_;
};

}  // namespace lifeline::agent
