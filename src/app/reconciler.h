#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/alert_sender.h"
#include "app/report_files.h"
#include "app/stream_writer.h"
#include "base/loop.h"
#include "base/window.h"
#include "findings/findings.h"
#include "journal/journal.h"

namespace lifeline::app {

// What a run counts: hours, up to a position of the journal.
struct Counting {
    std::string run_id;
    findings::Span span;
    std::uint64_t up_to = 0;
};

// Where two counts differ: one finding.
struct Difference {
    std::string finding_id;  // Follows from what differs and how.
    std::string account_id;
    std::string payload;  // billing.reconciliation.mismatch of this run.
};

struct Counted {
    std::string report;  // Canonical JSON: the same bytes whenever it is counted again.
    std::uint64_t matched = 0;
    std::uint64_t waiting = 0;
    std::vector<Difference> differences;
};

// Counts closed hours again, every hour by itself and whenever somebody asks: those that were never
// counted, and those of which something was said since. One run at a time. What it finds goes into
// the accounts' streams, each entry named by what it says and by its run, and the run before that
// into `sys_billing`. Until all that a run found is written nothing else is counted, so that
// whatever a full disk or a crash left out is of the newest run: it is made up for first, and
// repeats nothing. Tells when runs stay away. Lives on `home`; may be asked from any loop.
class Reconciler {
public:
    struct Signed {
        std::string key_id;
        std::string signature;
    };
    struct Parts {
        Loop& home;
        journal::Journal& journal;
        findings::Findings& findings;
        StreamWriter& writer;
        ReportFiles& reports;
        AlertSender* alerts = nullptr;  // Null: nobody is told.
        // Whether all that is due is in the books.
        std::function<void(journal::Done<bool>)> booked;
        // Asks sinks what they have of these hours, and writes that down. Bounded; what does not
        // answer is not waited for.
        std::function<void(findings::Span, journal::Done<void>)> ask_sinks;
        std::function<void(Counting, journal::Done<Counted>)> count;
        std::function<Signed(std::string_view message)> sign;
        // Told of hours that were counted, as of a position, once what differs there is written.
        std::function<void(const findings::Span&, std::uint64_t)> counted = {};
        // While it is our turn nobody else says what becomes of a finding. Absent: nobody does.
        std::function<void(std::move_only_function<void(Job end)>)> turn = {};
    };
    struct Settings {
        bool enabled = true;
        Millis settle = std::chrono::minutes(15);
        Millis dead_man = std::chrono::hours(2);
        std::string config_sha256;
    };
    struct Figures {
        std::uint64_t runs = 0;
        std::uint64_t refused = 0;  // That could not be made.
        std::uint64_t findings = 0;
        WallTime last = {};
    };

    Reconciler(Parts parts, Settings settings);
    ~Reconciler();
    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

    // Once the view has come up to the journal.
    void start();
    // Hours that are not given: those that are due, or the last that is closed.
    void run(std::optional<Window> from, std::optional<Window> to, Loop& home,
             journal::Done<std::vector<findings::Run>> done);
    // The report as JSON: its file, or made again. Its bytes are those of the digest in the
    // journal.
    void report(std::string run_id, Loop& home, journal::Done<std::string> done);
    const Figures& figures() const { return figures_; }

private:
    struct Cycle;
    using CyclePtr = std::shared_ptr<Cycle>;
    using Known = std::optional<findings::Run>;
    struct Found {
        Counting counting;
        std::shared_ptr<Counted> counted;
    };

    void look();
    void wait();
    void watch();
    void tell_missed(std::string_view type, Window since);
    void begin(std::vector<Window> hours, journal::Done<std::vector<findings::Run>> done);
    void catch_up(CyclePtr cycle);
    void await_books(CyclePtr cycle);
    void next_span(CyclePtr cycle);
    void count(CyclePtr cycle, const findings::Span& span);
    void keep(CyclePtr cycle, const Counting& counting, Counted counted);
    void in_turn(std::move_only_function<void(Job end)> job);
    void record(CyclePtr cycle, const Counting& counting, std::shared_ptr<Counted> counted);
    void write_run(CyclePtr cycle, const Counting& counting, std::shared_ptr<Counted> counted,
                   Job end);
    void write_found(CyclePtr cycle, Job end);
    void apply(const Found& found, journal::Done<void> done);
    struct Writing;
    void write(std::shared_ptr<Writing> writing);
    void show(const findings::Run& run);
    void repair(CyclePtr cycle, const findings::Run& run);
    void repair(CyclePtr cycle, const Counting& counting, const std::string& digest, Job end);
    void finish(const CyclePtr& cycle, Status status);
    void count_again(const findings::Run& run, journal::Done<std::string> done);

    Parts parts_;
    Settings settings_;
    Figures figures_;
    bool busy_ = false;
    bool failing_ = false;            // The last run could not be made.
    bool caught_up_ = false;          // Nothing is left of what the process before did not write.
    std::optional<Found> unwritten_;  // By the newest run, and not all of it is written.
    bool blind_ = false;              // The view could not be asked, the last time.
    std::optional<Window> closed_;    // As far as the view said,
    std::optional<Window> counted_;   // while it could be asked.
    WallTime began_ = {};
    std::string told_;  // The last notice, so that one log line is written for it.
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
