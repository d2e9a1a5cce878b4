#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"
#include "metering/metering_store.h"

namespace lifeline::metering {

// What calls used: which records are due and which are written, folded from the whole journal into
// metering.db, with its cursor. Disposable: whatever crashes, what is due stays due, and what is
// written is due no more. Lives on its loop; may be asked from any.
class Metering {
public:
    Metering(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    void settle(journal::Settle how, Loop& from, journal::Done<void> done) {
        view_.settle(how, from, std::move(done));
    }
    // Called on the home loop when something may have become due.
    void on_due(std::function<void()> tell) { tell_ = std::move(tell); }

    void due(std::size_t limit, Loop& from, journal::Done<std::vector<DueRecord>> done);
    void due_of(std::string session_id, Loop& from, journal::Done<std::uint64_t> done);
    void standing(Loop& from, journal::Done<Standing> done);
    void live(Moment now, std::size_t limit, Loop& from,
              journal::Done<std::vector<LiveUsage>> done);
    void usage(UsageQuery query, Loop& from, journal::Done<std::vector<UsageRow>> done);

private:
    using View = journal::View<MeteringStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    contract::EventChecker checker_;
    Sha256 sha_;
    std::function<void()> tell_;
    View view_;
};

}  // namespace lifeline::metering
