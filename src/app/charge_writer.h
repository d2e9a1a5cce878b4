#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/rounds.h"
#include "app/stream_writer.h"
#include "base/loop.h"
#include "billing/billing.h"

namespace lifeline::app {

// Writes charges and adjustments that are due into their accounts' streams. Each is named by its
// own id, so that it is written once, whatever crashes in between. A statement that cannot be made
// up is said in the log. Lives on `home`.
class ChargeWriter {
public:
    ChargeWriter(Loop& home, billing::Billing& billing, StreamWriter& writer)
        : home_(home), billing_(billing), writer_(writer) {}
    ~ChargeWriter() { *alive_ = false; }
    ChargeWriter(const ChargeWriter&) = delete;
    ChargeWriter& operator=(const ChargeWriter&) = delete;

    // Once billing has come up to the journal.
    void start();

private:
    void write_due();
    void write(std::vector<billing::DueEntry> due);
    void tell_stuck();

    Loop& home_;
    billing::Billing& billing_;
    StreamWriter& writer_;
    Rounds rounds_{home_, [this] { write_due(); }};
    std::set<std::pair<std::string, Month>> told_;  // Statements that are known to be stuck.
    SteadyTime asked_ = {};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
