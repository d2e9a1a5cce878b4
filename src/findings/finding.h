#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/window.h"
#include "findings/workflow.h"

namespace lifeline::findings {

// A run of the reconciliation as the journal has it.
struct Run {
    std::string id;
    std::uint64_t position = 0;  // Of its event: the order of the list, and its cursor.
    std::string at;
    std::string window;  // Its last hour.
    std::string payload;
};

// An hour that a run has to look at.
struct DueHour {
    Window hour;
    bool counted = false;  // Once already.
};

// Something that an account was charged for in an hour.
struct Charged {
    std::string account_id;
    std::string item;
    Window hour;
};

// What happened to a finding, in the journal's words.
struct Step {
    std::uint64_t position = 0;
    std::string at;
    std::string payload;
};

// Where two counts differ, and what became of that.
struct Finding {
    std::string id;
    std::string account_id;
    State state = State::open;
    std::string run_id;        // That last saw it for the first time.
    std::uint64_t opened = 0;  // The position at which it was opened last: the list's order.
    std::string opened_at;
    std::string payload;        // billing.reconciliation.mismatch, the newest.
    std::vector<Step> history;  // billing.finding.changed; only where one finding is asked for.
};

// Whether two payloads of one finding say the same, whichever run says it and whatever ids stand
// behind it: what is booked for a finding does not make it another one.
bool same_difference(std::string_view one, std::string_view other);

struct FindingQuery {
    std::string account_id = {};  // Empty: of all accounts.
    std::optional<State> state = {};
    std::string klass = {};
    std::uint64_t before = UINT64_MAX;  // From the newest to the oldest.
    std::size_t limit = 100;
};

// Somebody outside is to hear that a finding was opened, grew or was resolved.
struct Alert {
    std::string id;  // Follows from what it is about and the state that it tells.
    std::string account_id;
    std::string finding_id;
    std::string kind;  // "opened", "changed", "resolved"
    std::string at;
    std::string state;    // Of the finding.
    std::string payload;  // Of the finding.
};

// An alert that nobody took: it waits for a person.
struct ParkedAlert {
    std::string id;
    std::string stream;  // The account's, or `sys_billing` where it is about the server.
    std::string finding_id = {};
    std::string kind = {};  // Of the finding's alert; empty: it is about the server.
    std::uint64_t position = 0;
    std::string parked_at = {};
    std::uint64_t attempts = 0;
    std::uint64_t status = 0;  // Of the last answer; 0: there was none.
    std::string message = {};
};

// How many of each there are: for figures.
struct Counts {
    std::uint64_t unresolved = 0;
    std::uint64_t alerts_waiting = 0;
    std::uint64_t alerts_parked = 0;
};

}  // namespace lifeline::findings
