#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/reconciliation_desk.h"
#include "app/stream_writer.h"
#include "app/turns.h"
#include "billing/billing.h"
#include "findings/findings.h"
#include "identity/directory.h"
#include "metering/metering.h"

namespace lifeline::app {

// What people do about money by hand: adjustments, what becomes of findings, and statements of
// others. All of it is added to the account's stream and nothing is edited; each change is judged
// by what the one before it left, and done twice it adds nothing. Lives on `home`; may be asked
// from any loop.
class FindingDesk {
public:
    using Adjusting = api::ReconciliationDesk::Adjusting;
    using Resolving = api::ReconciliationDesk::Resolving;
    using Statement = api::ReconciliationDesk::Statement;
    using Imported = api::ReconciliationDesk::Imported;

    struct Parts {
        Loop& home;
        findings::Findings& findings;
        billing::Billing& billing;
        metering::Metering& metering;
        StreamWriter& writer;
        const identity::Directory& directory;
    };
    explicit FindingDesk(Parts parts) : parts_(parts), turns_(parts.home) {}
    ~FindingDesk() { *alive_ = false; }
    FindingDesk(const FindingDesk&) = delete;
    FindingDesk& operator=(const FindingDesk&) = delete;

    void adjust(Adjusting adjusting, Loop& from, journal::Done<std::string> done);
    void resolve(Resolving resolving, Loop& from, journal::Done<findings::Finding> done);
    // An alert that was given up is told no more.
    void discard_alert(api::ReconciliationDesk::Moving moving, Loop& from,
                       journal::Done<void> done);
    // For who changes a finding by a rule: while it is their turn no person's word is judged. On
    // the home loop.
    void take_turn(std::move_only_function<void(Job end)> job);
    void import(Statement statement, Loop& from, journal::Done<Imported> done);

private:
    struct Import;
    using ImportPtr = std::shared_ptr<Import>;
    using AdjustingPtr = std::shared_ptr<const Adjusting>;
    using ResolvingPtr = std::shared_ptr<const Resolving>;

    // It is in the directory, or was charged: who comes with an issuer's token need not be listed.
    void known(std::string account_id, journal::Done<void> done);
    void closed(Window window, journal::Done<void> done);
    void judge(AdjustingPtr adjusting, journal::Done<std::string> done);
    void judge(ResolvingPtr resolving, journal::Done<findings::Finding> done);
    // What the finding proposes, as the books are now; then its state.
    void book(ResolvingPtr resolving, const findings::Finding& finding,
              journal::Done<findings::Finding> done);
    void move(ResolvingPtr resolving, std::size_t step, std::string adjustment_id,
              journal::Done<findings::Finding> done);
    void read_rows(ImportPtr import);
    void next_row(ImportPtr import);

    Parts parts_;
    Turns turns_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
