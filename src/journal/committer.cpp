#include "journal/committer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "journal/journal_file.h"

namespace lifeline::journal {

namespace {

// Pages in the log before it is moved into the database while commits wait: fewer stall them more
// often, more stall them longer. Nobody waits for the idle one.
constexpr std::uint64_t checkpoint_pages = 512;
constexpr std::uint64_t idle_checkpoint_pages = 128;

Error stale(const Request& request) {
    return {Code::stale_head, "stale_head",
            fmt::format("{}: expected {}, is {}", request.line->name, request.expected_head,
                        request.line->head)};
}

// Whoever decided on top of a batch that has failed meanwhile is not stale, only unlucky.
Error unlucky(const Request& request) {
    return {Code::unavailable, "storage_unavailable",
            fmt::format("{}: the batch before this one was not written", request.line->name)};
}

// Judges each request against what is committed and what stands before it in the group, and counts
// the events to be written.
std::size_t admit(Group& group) {
    std::size_t count = 0;
    for (Request& request : group.requests) {
        if (request.batch.empty()) continue;  // A barrier.
        Line& line = *request.line;
        if (request.expected_head != line.head) {
            request.outcome =
                fail(request.failures_heard < line.failures ? unlucky(request) : stale(request));
            ++line.failures;
            continue;
        }
        line.head += request.batch.size();
        count += request.batch.size();
    }
    return count;
}

// Nothing of the group was written.
void take_back(Group& group) {
    for (auto request = group.requests.rbegin(); request != group.requests.rend(); ++request) {
        if (request->batch.empty() || !request->outcome) continue;
        request->line->head = request->expected_head;
        ++request->line->failures;
    }
}

}  // namespace

Result<Committer> Committer::create(sql::Database database, const ChainHead& head,
                                    const KeyedHash& id_hash, Clock& clock, Random& random,
                                    const BootId& boot) {
    auto insert = database.prepare("insert into journal_row values(?, ?, ?, ?, ?)");
    if (!insert) return fail(insert.error());
    return Committer(std::move(database), std::move(*insert), head, id_hash, clock, random, boot);
}

Committer::Committer(sql::Database database, sql::Statement insert, const ChainHead& head,
                     const KeyedHash& id_hash, Clock& clock, Random& random, const BootId& boot)
    : database_(std::move(database)),
      insert_(std::move(insert)),
      head_(head),
      id_hash_(id_hash),
      clock_(&clock),
      random_(&random),
      boot_(boot) {}

Status Committer::commit(Group& group) {
    const std::size_t count = admit(group);
    if (count == 0) return {};
    auto written = write_row(group, count);
    if (!written) take_back(group);
    return written;
}

Status Committer::write_row(Group& group, std::size_t count) {
    const RowTime time{std::max(head_.wall, clock_->wall()), clock_->steady(), boot_};
    const std::uint64_t first_position = head_.position + 1;
    std::uint64_t ordinal = 0;
    row_.begin(first_position, time, count);
    for (Request& request : group.requests) {
        if (request.batch.empty() || !request.outcome) continue;
        request.outcome = Appended{.first_seq = request.expected_head + 1,
                                   .head = request.expected_head + request.batch.size(),
                                   .first_position = first_position + ordinal,
                                   .recorded_at = time.wall,
                                   .steady = time.steady};
        std::uint64_t seq = request.expected_head;
        request.entries.reserve(request.batch.size());
        for (const Draft& draft : request.batch) {
            row_.add(request.line->name, ++seq, draft, random_->bytes<sizeof(Salt)>());
            request.entries.push_back({Place(first_position, ordinal++), id_hash_(draft.event_id)});
        }
    }
    CHECK(ordinal == count);

    const Digest hash = row_.digest(head_.epoch, head_.hash);
    auto inserted = insert_.bind(1, first_position)
                        .bind(2, std::uint64_t{count})
                        .bind_bytes(3, view(head_.hash))
                        .bind_bytes(4, view(hash))
                        .bind_bytes(5, row_.body())
                        .run();
    if (!inserted) return inserted;
    head_.position += count;
    head_.hash = hash;
    head_.wall = time.wall;
    group.wrote = true;
    group.head = {head_.epoch, head_.position, head_.hash};
    return {};
}

Status Committer::checkpoint_if_due(Load load) {
    const std::uint64_t pages = database_.log_pages();
    if (pages < moved_at_) moved_at_ = 0;  // The log has begun anew.
    // When a reader keeps the log from beginning anew, the next attempt waits for as much again.
    const std::uint64_t due = load == Load::idle ? idle_checkpoint_pages : checkpoint_pages;
    if (pages - moved_at_ < due) return {};
    moved_at_ = pages;
    auto done = database_.checkpoint(sql::Checkpoint::passive);
    // What is in the log is safe there; a full disk or a reader only puts this off.
    if (!done &&
        (done.error().reason == "storage_unavailable" || done.error().reason == "storage_busy"))
        return {};
    return done;
}

Status Committer::checkpoint_all() {
    return database_.checkpoint(sql::Checkpoint::truncate);
}

Status Committer::probe() {
    return database_.run(fmt::format("pragma user_version={}", journal_format));
}

Result<std::uint64_t> Committer::erase_in_row(std::uint64_t first_position,
                                              const std::vector<std::uint64_t>& ordinals) {
    auto select = database_.prepare("select count, body from journal_row where first_position = ?");
    if (!select) return fail(select.error());
    const auto found = select->bind(1, first_position).step();
    if (!found) return fail(found.error());
    if (!*found)
        return fail(Code::corrupt, "journal_corrupt",
                    fmt::format("the row at position {} is missing", first_position));
    const auto row = RowView::open(select->bytes(1), first_position, select->natural(0));
    if (!row) return fail(row.error());
    std::uint64_t fresh = 0;
    for (const std::uint64_t ordinal : ordinals) {
        if (ordinal >= row->count())
            return fail(Code::malformed, "position_unknown", "no such record in its row");
        const auto record = row->record(ordinal);
        if (!record) return fail(record.error());
        if (!record->erased) ++fresh;
    }
    if (fresh == 0) return 0;
    const auto body = erase_records(sha_, *row, ordinals);
    if (!body) return fail(body.error());
    select->reset();
    auto update = database_.prepare("update journal_row set body = ? where first_position = ?");
    if (!update) return fail(update.error());
    if (auto done = update->bind_bytes(1, *body).bind(2, first_position).run(); !done)
        return fail(done.error());
    return fresh;
}

}  // namespace lifeline::journal
