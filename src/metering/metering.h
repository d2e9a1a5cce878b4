#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "metering/metering_store.h"

namespace lifeline::metering {

// What calls used: which records are due and which are written, folded from the whole journal into
// metering.db, with its cursor. Disposable: whatever crashes, what is due stays due, and what is
// written is due no more.
class Metering : public journal::ViewFront<MeteringStore> {
public:
    using ViewFront::ViewFront;

    // Called on the home loop when something may have become due.
    using ViewFront::on_change;

    void due(std::size_t limit, Loop& from, journal::Done<std::vector<DueRecord>> done);
    // These are waited for no more: they can never be written as they are.
    void set_aside(std::vector<std::string> records, Loop& from, journal::Done<std::uint64_t> done);
    void due_of(std::string session_id, Loop& from, journal::Done<std::uint64_t> done);
    void standing(Loop& from, journal::Done<Standing> done);
    void live(Moment now, std::size_t limit, Loop& from,
              journal::Done<std::vector<LiveUsage>> done);
    void account_usage(AccountQuery query, Moment now, Loop& from,
                       journal::Done<AccountUsage> done);
    void usage(UsageQuery query, Loop& from, journal::Done<std::vector<UsageRow>> done);

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;

    Sha256 sha_;
};

}  // namespace lifeline::metering
