#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/committer.h"
#include "journal/condition.h"
#include "journal/event_reader.h"
#include "journal/figures.h"
#include "journal/index.h"
#include "journal/line.h"
#include "journal/mark.h"
#include "journal/opening.h"
#include "journal/scrub.h"
#include "journal/sql_journal.h"

namespace lifeline::journal {

// What SqlJournal, its streams and its jobs share: the queue to the writer, the queue to the
// marker, and what each worker owns. It lives as long as the last of them, so that a journal can go
// while jobs are on their way.
//
//   append ─► queue ─► writer: one row, one commit ─► marker: one mark ─► index ─► each loop:
//   answers
class JournalCore : public std::enable_shared_from_this<JournalCore> {
public:
    JournalCore(SqlJournalOptions options, OpenedFolder opened, Committer committer,
                EventReader reader);

    // From any thread.
    void append(Request request);
    void open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done);
    void released(const std::string& stream);
    // Runs on the reader's worker; this core is alive until it has.
    void on_reader(std::move_only_function<void(EventReader&, Index&)> work);
    void erase(const std::vector<Place>& places, Loop& home, Done<std::uint64_t> done);
    void close(Loop& home, Done<void> done);
    // Begins to check in the background what the start took a seal's word for.
    void scrub(std::vector<Epoch> epochs, const HeadMark& seal);
    // From the reader's worker.
    void report_corrupt(const Error& error);
    const KeyedHash& id_hash() const { return id_hash_; }
    std::uint64_t durable_position() const { return durable_.load(std::memory_order_acquire); }
    const std::string& epoch() const { return epoch_; }
    // From any thread. Asked of a full disk, it has the writer look again, for the next who asks.
    Health health();
    Figures figures() const { return tally_.read(); }
    // Ends what runs in the background only; from any thread.
    void stop_scrub() { scrub_stopped_ = true; }

private:
    // What is to be erased, row by row, and how far that has come.
    struct Erasure {
        std::map<std::uint64_t, std::vector<std::uint64_t>> rows;  // Ordinals, by row.
        std::uint64_t erased = 0;
        Loop& home;
        Done<std::uint64_t> done;
    };

    void push_barrier(Job job);
    Status admit(const Request& request) const;  // With queue_mutex_ held.
    // Takes the request, or says why not and leaves it as it is.
    Status queue_up(Request& request);

    // On the writer's worker.
    void write_next();
    Group take_group();
    void hand_to_marker(Group group);
    // On the marker's worker.
    void mark_next();
    void remember(const std::vector<Group>& groups, const HeadMark& head);
    void seal_if_due(const std::vector<Group>& groups, const HeadMark& head);
    // On the writer's again.
    void probe();
    void erase_next(Erasure erasure);
    void leave_files_at_rest(Status flushed, Loop& home, Done<void> done);
    // On the reader's.
    void flush_index();
    void scrub_next(std::shared_ptr<Scrub> scrub);

    void answer(std::vector<Request> requests);
    void refuse(std::vector<Request> requests, const Error& error);
    void fail_for_good(const Error& error);
    std::optional<Error> failure() const;
    bool nobody_waits() const;

    SqlJournalOptions options_;
    const std::string epoch_;
    const KeyedHash id_hash_;
    FolderLock lock_;

    Committer committer_;       // The writer's.
    std::size_t erasures_ = 0;  // The writer's: under way.
    MarkFile mark_;             // The marker's, as are the seals.
    SealFile seals_;
    std::uint64_t rows_unsealed_ = 0;
    EventReader reader_;            // The reader's.
    std::unique_ptr<Index> index_;  // The reader's; the marker folds into it.
    std::atomic<std::uint64_t> durable_;
    std::atomic<bool> flush_asked_ = false;
    std::atomic<bool> scrub_stopped_ = false;
    std::atomic<SteadyTime> probed_at_{};
    Condition condition_;
    Tally tally_;

    mutable std::mutex queue_mutex_;  // Guards what follows.
    std::deque<Request> queue_;
    std::size_t queue_bytes_ = 0;
    bool writer_busy_ = false;
    bool closed_ = false;
    std::optional<Error> failure_;
    std::set<std::string> open_streams_;

    std::mutex marks_mutex_;  // Guards what follows.
    std::vector<Group> committed_;
    bool marker_busy_ = false;
};

}  // namespace lifeline::journal
