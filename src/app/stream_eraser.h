#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/loop.h"
#include "journal/sql_journal.h"
#include "retention/call_contents.h"
#include "retention/document_contents.h"
#include "retention/plan.h"
#include "session/documents.h"
#include "session/sessions.h"

namespace lifeline::app {

// Carries out what the room retention has planned, one stream at a time: destroys contents in the
// journal, has the stream say so, and has whoever holds it in memory forget them. Each step may be
// the last before a crash: whoever reads the stream again plans what is left. Lives on its loop.
class StreamEraser {
public:
    struct Parts {
        Loop& home;
        journal::SqlJournal& journal;
        session::Sessions& sessions;
        session::Documents& documents;
        // When what a call used is recorded: that cannot be measured any more afterwards.
        std::function<void(std::string, journal::Done<void>)> measured;
    };
    // What is to go, by what there is; an error stands in the way.
    template <class Contents>
    using Decide = std::function<Result<retention::Plan>(const Contents&)>;
    // How many events of the stream have gone for this erasure; now and before.
    using Done = journal::Done<std::uint64_t>;

    explicit StreamEraser(Parts parts) : parts_(parts) {}
    ~StreamEraser() { *alive_ = false; }
    StreamEraser(const StreamEraser&) = delete;
    StreamEraser& operator=(const StreamEraser&) = delete;

    // What there is; null for a stream without events.
    void read_call(std::string id, journal::Done<std::shared_ptr<retention::CallContents>> done);
    void read_document(std::string id,
                       journal::Done<std::shared_ptr<retention::DocumentContents>> done);

    // For that erasure; for an account's retention where it has no id.
    void erase_call(std::string id, Decide<retention::CallContents> decide, std::string erasure_id,
                    Done done);
    void erase_document(std::string id, Decide<retention::DocumentContents> decide,
                        std::string erasure_id, Done done);
    // Single events of the instance's own stream; the last first, since one may rest on another.
    void erase_identity(std::vector<std::uint64_t> seqs, journal::Done<void> done);
    // Nothing that was erased is in the journal's log any more.
    void empty_log(journal::Done<void> done);

    // Runs when nothing is erased, and nothing is until `end_turn`: also for whoever records
    // something about contents that must not go meanwhile.
    void take_turn(Job job);
    void end_turn();

    Loop& home() { return parts_.home; }

private:
    struct Order {
        std::string stream;
        std::string erasure_id;  // May be empty.
        retention::Plan plan = {};
        std::uint64_t before = 0;  // Events that were recorded for this erasure.
        bool recorded = false;
        Done done;
    };
    using Next = std::move_only_function<void()>;

    template <class Contents>
    void read_on(std::string id, std::shared_ptr<Contents> contents, std::uint64_t after,
                 journal::Done<std::shared_ptr<Contents>> done);
    void finish(const std::shared_ptr<Order>& order, Result<std::uint64_t> outcome);
    void erase_ranges(const std::shared_ptr<Order>& order, std::vector<retention::Range> ranges,
                      Next next);
    void erase_range(std::string stream, retention::Range range, int tries,
                     journal::Done<void> done);
    void call_contents_gone(const std::shared_ptr<Order>& order);
    void record_call(const std::shared_ptr<Order>& order, Next next);
    void record_document(const std::shared_ptr<Order>& order, Next next);

    Parts parts_;
    contract::EventChecker checker_;
    std::deque<Job> waiting_;
    bool busy_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
