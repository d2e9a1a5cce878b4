#pragma once

#include <memory>
#include <string>
#include <vector>

#include "audit/audit_store.h"
#include "audit/day_counts.h"
#include "audit/decision.h"
#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"

namespace lifeline::audit {

// Who allowed what, under which policy, over all calls: a fold of the whole journal, kept in
// audit.db with its cursor, disposable. That no decision was altered or removed is for the
// journal's chain to prove. Lives on its loop; may be asked from any.
class Audit {
public:
    Audit(Loop& home, Worker& worker, journal::Journal& journal);
    ~Audit();
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready);
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Nothing that was erased before is in its files any more.
    void settle(journal::Settle how, Loop& from, journal::Done<void> done) {
        view_.settle(how, from, std::move(done));
    }
    // How many actions of its type there are on its day with this one: those of the journal, and
    // those that were asked about and are on their way there. Counted by the home loop alone, so
    // that two calls that ask at once hear different numbers.
    void count(CountedAction action, Loop& from, journal::Done<DayCounts::Count> done);
    void list(DecisionQuery query, Loop& from, journal::Done<std::vector<Decision>> done);

private:
    using View = journal::View<AuditStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    Loop& home_;
    contract::EventChecker checker_;
    DayCounts counts_;  // On the home loop.
    bool counting_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    View view_;
};

}  // namespace lifeline::audit
