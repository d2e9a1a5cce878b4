#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/books_again.h"
#include "app/stream_writer.h"
#include "base/loop.h"
#include "billing/book_entry.h"
#include "findings/findings.h"

namespace lifeline::app {

// What reconciliation mends by itself: a charge that the journal owes and the books have nothing
// of. After each run the journal is read once more from its beginning; what it says is to be
// charged there is written, each entry under the name that the charge writer would have given it,
// so that nothing is charged twice whoever is first. An hour of a month that is over is a
// person's: its statement does not change any more. Until the next run of that hour the finding is
// `retrying`; is it still there then, it is open again, and somebody's. Lives on `home`.
class ChargeMender {
public:
    using Due = std::vector<billing::DueEntry>;

    struct Parts {
        Loop& home;
        findings::Findings& findings;
        StreamWriter& writer;
        // What is to be charged and is not written, by the journal alone.
        std::function<void(journal::Done<Due>)> owed;
        // While it is our turn, nobody else says what becomes of a finding.
        std::function<void(std::move_only_function<void(Job end)>)> turn;
    };
    struct Settings {
        std::chrono::hours horizon = std::chrono::days(33);  // What is older is for a person.
        // So many of what is owed may not be all.
        std::size_t owed_max = BooksAgain::due_at_once;
        int tries = 3;  // Of writing, where a disk is full.
        Millis pause = std::chrono::seconds(30);
    };

    ChargeMender(Parts parts, Settings settings) : parts_(std::move(parts)), settings_(settings) {}
    ~ChargeMender() { *alive_ = false; }
    ChargeMender(const ChargeMender&) = delete;
    ChargeMender& operator=(const ChargeMender&) = delete;

    // What a stop or a crash left half mended.
    void start();
    // These hours were just counted, as of that position of the journal, and what differs is
    // written.
    void counted(const findings::Span& span, std::uint64_t up_to);

private:
    struct Case {
        findings::Finding finding;
        std::string item;
        std::string window;
        bool seen = false;  // By the run that was just made.
        Due owed = {};
        int tries = 0;
        Job end = {};  // Of our turn.
    };
    using CasePtr = std::shared_ptr<Case>;

    struct CountedHours {
        findings::Span span;
        std::uint64_t up_to = 0;
    };

    void look(std::optional<CountedHours> run);
    void mend(const std::vector<CasePtr>& cases);
    bool is_over(const std::string& window) const;
    // Once it is our turn and the finding is as we know it; `booked`: its hour has something of it.
    void in_turn(const CasePtr& one, std::move_only_function<void(bool booked)> go_on);
    void begin(const CasePtr& one);
    void write(const CasePtr& one);
    void written(const CasePtr& one, bool all);
    void too_late(const CasePtr& one);
    void give_up(const CasePtr& one, std::string_view reason);
    void become(const CasePtr& one, findings::State state, std::string_view reason,
                journal::Done<void> done);

    Parts parts_;
    Settings settings_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
