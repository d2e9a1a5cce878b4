#include "journal/journal_core.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "journal/sql_stream.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t group_events_max = limits::append_events_max;
constexpr std::size_t group_bytes_max = limits::append_bytes_max;
// What may wait for the writer: beyond it the disk is too slow for what is asked of it.
constexpr std::size_t queued_requests_max = 16'384;
constexpr std::size_t queued_bytes_max = 64 * 1024 * 1024;
// How often a full disk is looked at again, at most.
constexpr Millis probe_every = std::chrono::seconds(2);

std::uint64_t events_of(const Group& group) {
    std::uint64_t events = 0;
    for (const Request& request : group.requests) events += request.entries.size();
    return events;
}

// For those whose commit was tried: whether it is on the disk will be known at the next start.
Error in_doubt(const Error& error) {
    return {Code::unavailable, "commit_failed", error.detail};
}

}  // namespace

JournalCore::JournalCore(SqlJournalOptions options, OpenedFolder opened, Committer committer,
                         EventReader reader)
    : options_(std::move(options)),
      epoch_(epoch_text(opened.head.epoch)),
      id_hash_(opened.index->id_hash()),
      lock_(std::move(opened.lock)),
      committer_(std::move(committer)),
      mark_(std::move(opened.mark)),
      seals_(std::move(opened.seals)),
      reader_(std::move(reader)),
      index_(std::move(opened.index)),
      durable_(opened.head.position) {}

Status JournalCore::admit(const Request& request) const {
    if (failure_) return fail(*failure_);
    if (request.barrier) return {};  // Also after the close, whose own waits its turn.
    if (closed_) return fail(Code::unavailable, "storage_unavailable", "the journal is closed");
    if (queue_.size() >= queued_requests_max || queue_bytes_ >= queued_bytes_max)
        return fail(Code::overloaded, "overloaded", "too much waits for the disk");
    return {};
}

Status JournalCore::queue_up(Request& request) {
    {
        const std::lock_guard lock(queue_mutex_);
        if (auto admitted = admit(request); !admitted) return admitted;
        queue_bytes_ += request.bytes;
        queue_.push_back(std::move(request));
        if (std::exchange(writer_busy_, true)) return {};
    }
    options_.writer.submit([self = shared_from_this()] { self->write_next(); });
    return {};
}

void JournalCore::append(Request request) {
    const auto queued = queue_up(request);
    if (queued) return;
    if (request.barrier) {
        request.barrier();  // It finds out by itself what it can still do.
        return;
    }
    std::vector<Request> refused;
    refused.push_back(std::move(request));
    refuse(std::move(refused), queued.error());
}

void JournalCore::push_barrier(Job job) {
    Request request;
    request.barrier = std::move(job);
    append(std::move(request));
}

Group JournalCore::take_group() {
    const std::lock_guard lock(queue_mutex_);
    Group group;
    std::size_t events = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        const std::size_t more = queue_.front().bytes;
        events += queue_.front().batch.size();
        bytes += more;
        if (!group.requests.empty() && (events > group_events_max || bytes > group_bytes_max))
            break;
        queue_bytes_ -= more;
        group.requests.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return group;
}

void JournalCore::write_next() {
    Group group = take_group();
    const SteadyTime began = options_.clock.steady();
    if (const auto failed = failure()) {
        refuse(std::move(group.requests), *failed);
    } else if (auto written = committer_.commit(group); written) {
        if (group.wrote) {
            condition_.committed();
            tally_.committed(events_of(group), options_.clock.steady() - began);
        }
        hand_to_marker(std::move(group));
        // The answers are on their way; only those who come now wait for it.
        const auto load = nobody_waits() ? Committer::Load::idle : Committer::Load::busy;
        if (auto moved = committer_.checkpoint_if_due(load); !moved) fail_for_good(moved.error());
    } else if (written.error().reason == "storage_unavailable") {
        condition_.found_full();
        tally_.found_full();
        refuse(std::move(group.requests), written.error());  // Nothing of it was written.
    } else {
        fail_for_good(written.error());
        refuse(std::move(group.requests), in_doubt(written.error()));
    }
    {
        const std::lock_guard lock(queue_mutex_);
        writer_busy_ = !queue_.empty();
        if (!writer_busy_) return;
    }
    options_.writer.submit([self = shared_from_this()] { self->write_next(); });
}

void JournalCore::hand_to_marker(Group group) {
    {
        const std::lock_guard lock(marks_mutex_);
        committed_.push_back(std::move(group));
        if (std::exchange(marker_busy_, true)) return;
    }
    options_.marker.submit([self = shared_from_this()] { self->mark_next(); });
}

// While one mark is written several groups may be committed; the next mark then covers them all.
void JournalCore::mark_next() {
    std::vector<Group> groups;
    {
        const std::lock_guard lock(marks_mutex_);
        groups.swap(committed_);
        marker_busy_ = false;
    }
    std::vector<Request> requests;
    const auto last = std::ranges::find_if(groups.rbegin(), groups.rend(), &Group::wrote);
    Status marked;
    if (const auto failed = failure()) {
        marked = fail(*failed);  // Nothing is acknowledged any more, whatever was committed.
    } else if (last != groups.rend()) {
        marked = mark_.write(last->head);
        if (marked) remember(groups, last->head);
        if (marked) seal_if_due(groups, last->head);
    }
    for (Group& group : groups) std::ranges::move(group.requests, std::back_inserter(requests));
    if (marked) {
        answer(std::move(requests));
    } else {
        // Committed, but nothing would tell should it get lost.
        fail_for_good(marked.error());
        refuse(std::move(requests), in_doubt(marked.error()));
    }
}

void JournalCore::remember(const std::vector<Group>& groups, const HeadMark& head) {
    std::vector<IndexedBatch> batches;
    for (const Group& group : groups)
        for (const Request& request : group.requests)
            if (!request.entries.empty())
                batches.push_back({request.line->name, request.outcome->first_seq, request.entries,
                                   request.outcome->recorded_at});
    const auto flush = index_->fold(batches, head);
    CHECK(flush);  // The writer numbered them itself.
    durable_.store(head.position, std::memory_order_release);
    if (*flush && !flush_asked_.exchange(true))
        options_.reader.submit([self = shared_from_this()] { self->flush_index(); });
}

void JournalCore::seal_if_due(const std::vector<Group>& groups, const HeadMark& head) {
    rows_unsealed_ += static_cast<std::uint64_t>(std::ranges::count_if(groups, &Group::wrote));
    if (rows_unsealed_ < options_.seals.rows) return;
    rows_unsealed_ = 0;
    // One that cannot be written costs the next start some time, nothing else.
    (void)seals_.add(head);
}

void JournalCore::scrub(std::vector<Epoch> epochs, const HeadMark& seal) {
    scrub_next(std::make_shared<Scrub>(std::move(epochs), seal));
}

// One slice a job, so that other reads come between.
void JournalCore::scrub_next(std::shared_ptr<Scrub> scrub) {
    on_reader(
        [self = weak_from_this(), scrub = std::move(scrub)](EventReader& reader, Index&) mutable {
            const auto core = self.lock();
            if (core->scrub_stopped_) return;  // Nobody waits for the rest of it.
            const auto more = scrub->next(reader);
            if (!more) core->report_corrupt(more.error());
            if (more && *more) core->scrub_next(std::move(scrub));
        });
}

void JournalCore::flush_index() {
    flush_asked_ = false;
    // What cannot be written now stays in memory; only corruption needs somebody.
    if (auto flushed = index_->flush(); !flushed)
        report_corrupt(flushed.error());
    else
        tally_.flushed_index();
}

// One post per loop, however many streams of it are answered.
void JournalCore::answer(std::vector<Request> requests) {
    struct Answers {
        Loop* home;
        std::vector<Request> requests;
    };
    std::vector<Answers> by_loop;  // In the order in which they come up, which repeats itself.
    for (Request& request : requests) {
        if (request.barrier) {
            request.barrier();
            continue;
        }
        Loop* const home = &request.line->home;
        auto found = std::ranges::find(by_loop, home, &Answers::home);
        if (found == by_loop.end()) {
            by_loop.push_back({home, {}});
            found = by_loop.end() - 1;
        }
        found->requests.push_back(std::move(request));
    }
    for (Answers& answers : by_loop)
        answers.home->post([settled = std::move(answers.requests)]() mutable {
            for (Request& request : settled)
                if (request.line->handle) request.line->handle->settle(request);
        });
}

void JournalCore::refuse(std::vector<Request> requests, const Error& error) {
    for (Request& request : requests)
        if (!request.barrier) request.outcome = fail(error);
    answer(std::move(requests));
}

void JournalCore::fail_for_good(const Error& error) {
    // For those who have not been tried and those who still come: nothing of theirs is written.
    const Error refusal{Code::unavailable, "storage_unavailable",
                        "the journal stopped: " + error.detail};
    std::vector<Request> waiting;
    {
        const std::lock_guard lock(queue_mutex_);
        if (failure_) return;
        failure_ = refusal;
        for (Request& request : queue_) waiting.push_back(std::move(request));
        queue_.clear();
        queue_bytes_ = 0;
    }
    condition_.has_failed();
    tally_.failed();
    options_.on_fatal(error);
    refuse(std::move(waiting), refusal);
}

bool JournalCore::nobody_waits() const {
    const std::lock_guard lock(queue_mutex_);
    return queue_.empty();
}

std::optional<Error> JournalCore::failure() const {
    const std::lock_guard lock(queue_mutex_);
    return failure_;
}

void JournalCore::report_corrupt(const Error& error) {
    if (error.code != Code::corrupt) return;
    // What cannot be removed is found again by the next start, which looks for itself.
    if (error.reason == "index_corrupt") (void)index_->invalidate();
    condition_.found_corrupt();
    options_.on_corrupt(error);
}

void JournalCore::open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) {
    {
        const std::lock_guard lock(queue_mutex_);
        const bool fresh = open_streams_.insert(stream).second;
        CHECK(fresh);
    }
    // Behind everything that a former handle may have left under way.
    auto load = [self = shared_from_this(), stream = std::move(stream), &home,
                 done = std::move(done)]() mutable {
        self->on_reader([self = self.get(), stream = std::move(stream), &home,
                         done = std::move(done)](EventReader&, Index& index) mutable {
            auto entries = index.load(stream, 1, UINT64_MAX);
            if (!entries) {
                self->report_corrupt(entries.error());
                self->released(stream);
                home.post([done = std::move(done), error = entries.error()]() mutable {
                    done(fail(std::move(error)));
                });
                return;
            }
            home.post([core = self->shared_from_this(), stream = std::move(stream), &home,
                       entries = std::move(*entries), done = std::move(done)]() mutable {
                auto line = std::make_shared<Line>(std::move(stream), home);
                line->head = entries.size();
                done(std::make_unique<SqlStream>(std::move(core), std::move(line),
                                                 std::move(entries)));
            });
        });
    };
    push_barrier(std::move(load));
}

void JournalCore::released(const std::string& stream) {
    const std::lock_guard lock(queue_mutex_);
    open_streams_.erase(stream);
}

void JournalCore::on_reader(std::move_only_function<void(EventReader&, Index&)> work) {
    options_.reader.submit([self = shared_from_this(), work = std::move(work)]() mutable {
        work(self->reader_, *self->index_);
    });
}

Health JournalCore::health() {
    if (condition_.is_full()) {
        const SteadyTime now = options_.clock.steady();
        SteadyTime last = probed_at_;
        // Who asks in between, or at once with another, starts no second one.
        if (now - last >= probe_every && probed_at_.compare_exchange_strong(last, now))
            options_.writer.submit([self = shared_from_this()] { self->probe(); });
    }
    return condition_.now();
}

void JournalCore::probe() {
    if (failure() || !condition_.is_full()) return;
    if (const auto written = committer_.probe(); written)
        condition_.committed();
    else if (written.error().reason != "storage_unavailable")
        fail_for_good(written.error());
}

void JournalCore::erase(const std::vector<Place>& places, Loop& home, Done<std::uint64_t> done) {
    Erasure erasure{.rows = {}, .erased = 0, .home = home, .done = std::move(done)};
    for (const Place& place : places) erasure.rows[place.row()].push_back(place.ordinal());
    for (auto& [row, ordinals] : erasure.rows) std::ranges::sort(ordinals);
    options_.writer.submit([self = shared_from_this(), erasure = std::move(erasure)]() mutable {
        ++self->erasures_;
        self->erase_next(std::move(erasure));
    });
}

// One row a job, so that commits come between.
void JournalCore::erase_next(Erasure erasure) {
    Result<std::uint64_t> outcome = erasure.erased;
    if (const auto failed = failure()) {
        outcome = fail(*failed);
    } else if (!erasure.rows.empty()) {
        const auto row = erasure.rows.extract(erasure.rows.begin());
        outcome = committer_.erase_in_row(row.key(), row.mapped());
        Status moved;
        if (outcome) moved = committer_.checkpoint_if_due(Committer::Load::busy);
        if (!moved) outcome = fail(moved.error());
        if (outcome) {
            erasure.erased += *outcome;
            options_.writer.submit(
                [self = shared_from_this(), erasure = std::move(erasure)]() mutable {
                    self->erase_next(std::move(erasure));
                });
            return;
        }
    } else if (auto emptied = committer_.checkpoint_all(); !emptied) {
        // The log still has the old pages until it is emptied.
        outcome = fail(emptied.error());
    }
    --erasures_;
    if (!outcome && outcome.error().reason == "storage_failed") fail_for_good(outcome.error());
    erasure.home.post([done = std::move(erasure.done), outcome = std::move(outcome)]() mutable {
        done(std::move(outcome));
    });
}

void JournalCore::leave_files_at_rest(Status flushed, Loop& home, Done<void> done) {
    if (erasures_ > 0) {  // Behind its next row.
        options_.writer.submit([self = shared_from_this(), flushed = std::move(flushed), &home,
                                done = std::move(done)]() mutable {
            self->leave_files_at_rest(std::move(flushed), home, std::move(done));
        });
        return;
    }
    Status closed = std::move(flushed);
    if (const auto failed = failure())
        closed = fail(*failed);
    else if (auto moved = committer_.checkpoint_all(); closed)
        closed = std::move(moved);
    home.post([done = std::move(done), closed = std::move(closed)]() mutable {
        done(std::move(closed));
    });
}

void JournalCore::close(Loop& home, Done<void> done) {
    auto settle = [self = shared_from_this(), &home, done = std::move(done)]() mutable {
        self->on_reader(
            [self = self.get(), &home, done = std::move(done)](EventReader&, Index& index) mutable {
                auto flushed = index.flush();
                if (!flushed) self->report_corrupt(flushed.error());
                self->options_.writer.submit([self = self->shared_from_this(), &home,
                                              flushed = std::move(flushed),
                                              done = std::move(done)]() mutable {
                    self->leave_files_at_rest(std::move(flushed), home, std::move(done));
                });
            });
    };
    // First nothing more comes in, then what came in is settled.
    stop_scrub();
    {
        const std::lock_guard lock(queue_mutex_);
        closed_ = true;
    }
    push_barrier(std::move(settle));
}

}  // namespace lifeline::journal
