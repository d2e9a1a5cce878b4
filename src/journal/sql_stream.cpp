#include "journal/sql_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "journal/limits_check.h"

namespace lifeline::journal {

namespace {

std::vector<StoredEvent> stored_events(Request& request) {
    std::vector<StoredEvent> events;
    events.reserve(request.batch.size());
    const Appended& appended = *request.outcome;
    for (std::size_t i = 0; i < request.batch.size(); ++i) {
        Draft& draft = request.batch[i];
        events.push_back({.seq = appended.first_seq + i,
                          .event_id = std::move(draft.event_id),
                          .actor = std::move(draft.actor),
                          .cause = std::move(draft.cause),
                          .recorded_at = appended.recorded_at,
                          .steady = appended.steady,
                          .bytes = std::move(draft.bytes),
                          .position = appended.first_position + i});
    }
    return events;
}

}  // namespace

SqlStream::SqlStream(std::shared_ptr<JournalCore> core, std::shared_ptr<Line> line,
                     std::vector<IndexEntry> entries)
    : core_(std::move(core)), line_(std::move(line)), index_(std::move(entries)) {
    line_->handle = this;
}

SqlStream::~SqlStream() {
    line_->handle = nullptr;
    core_->released(line_->name);
}

std::optional<std::uint64_t> SqlStream::find(std::string_view event_id) const {
    const std::uint64_t seq = index_.find(core_->id_hash()(event_id));
    if (seq == 0) return std::nullopt;
    return seq;
}

void SqlStream::fetch(std::string event_id, Done<std::optional<StoredEvent>> done) {
    fetch_after(0, std::move(event_id), std::move(done));
}

void SqlStream::fetch_after(std::uint64_t after, std::string event_id,
                            Done<std::optional<StoredEvent>> done) {
    const std::uint64_t seq = index_.find(core_->id_hash()(event_id), after);
    if (seq == 0) {
        later([done = std::move(done)]() mutable { done(std::nullopt); });
        return;
    }
    auto compare = [this, seq, event_id = std::move(event_id),
                    done = std::move(done)](Result<std::vector<StoredEvent>> read) mutable {
        if (!read) {
            done(fail(read.error()));
        } else if (read->front().event_id == event_id) {
            done(std::move(read->front()));
        } else {
            fetch_after(seq, std::move(event_id), std::move(done));  // Only the hashes were equal.
        }
    };
    read_places(seq, {index_.at(seq).place}, {.events = 1}, std::move(compare));
}

void SqlStream::append(std::uint64_t expected_head, std::vector<Draft> batch, Done<Appended> done) {
    const auto bytes = check_batch(batch);
    if (!bytes) {
        later([done = std::move(done), error = bytes.error()]() mutable {
            done(fail(std::move(error)));
        });
        return;
    }
    Request request;
    request.line = line_;
    request.expected_head = expected_head;
    request.failures_heard = failures_heard_;
    request.batch = std::move(batch);
    request.bytes = *bytes;
    request.done = std::move(done);
    core_->append(std::move(request));
}

void SqlStream::settle(Request& request) {
    if (!request.outcome) {
        ++failures_heard_;
        request.done(std::move(request.outcome));
        return;
    }
    CHECK(request.outcome->first_seq == index_.head() + 1);
    for (const IndexEntry& entry : request.entries) index_.add(entry);
    if (tail_) {
        const auto line = line_;  // The tail may let go of the stream.
        tail_->appended(stored_events(request));
        if (!line->handle) return;
    }
    request.done(std::move(request.outcome));
}

void SqlStream::read(std::uint64_t after, ReadLimit limit, Done<std::vector<StoredEvent>> done) {
    if (after >= index_.head()) {
        Result<std::vector<StoredEvent>> answer;
        if (after > index_.head())
            answer = fail(Code::conflict, "cursor_ahead",
                          fmt::format("after {} of {}", after, index_.head()));
        later([done = std::move(done), answer = std::move(answer)]() mutable {
            done(std::move(answer));
        });
        return;
    }
    const std::uint64_t count = std::clamp<std::uint64_t>(limit.events, 1, index_.head() - after);
    std::vector<Place> places;
    places.reserve(count);
    for (std::uint64_t seq = after + 1; seq <= after + count; ++seq)
        places.push_back(index_.at(seq).place);
    read_places(after + 1, std::move(places), limit, std::move(done));
}

void SqlStream::read_places(std::uint64_t first_seq, std::vector<Place> places, ReadLimit limit,
                            Done<std::vector<StoredEvent>> done) {
    core_->on_reader([core = core_.get(), line = line_, first_seq, places = std::move(places),
                      limit, done = std::move(done)](EventReader& reader, Index&) mutable {
        auto read = reader.read(line->name, first_seq, places, limit);
        if (!read) core->report_corrupt(read.error());
        Loop& home = line->home;
        home.post(
            [line = std::move(line), done = std::move(done), read = std::move(read)]() mutable {
                if (line->handle) done(std::move(read));
            });
    });
}

void SqlStream::later(Job job) {
    line_->home.post([line = line_, job = std::move(job)]() mutable {
        if (line->handle) job();
    });
}

}  // namespace lifeline::journal
