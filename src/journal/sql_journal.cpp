#include "journal/sql_journal.h"

#include <fmt/format.h>

#include <algorithm>

#include "journal/index_corrupt.h"
#include "journal/journal_core.h"
#include "journal/limits_check.h"
#include "journal/opening.h"

namespace lifeline::journal {

namespace {

template <class T>
void post_result(Loop& home, Done<T> done, Result<T> result) {
    home.post([done = std::move(done), result = std::move(result)]() mutable {
        done(std::move(result));
    });
}

std::vector<Place> places_of(const std::vector<IndexEntry>& entries, std::uint64_t count) {
    std::vector<Place> places;
    for (std::size_t i = 0; i < entries.size() && i < count; ++i)
        places.push_back(entries[i].place);
    return places;
}

Result<std::vector<StoredEvent>> read_stream(EventReader& reader, Index& index,
                                             const std::string& stream, std::uint64_t after,
                                             ReadLimit limit) {
    const auto head = index.head(stream);
    if (!head) return fail(head.error());
    if (*head == 0) return fail(Code::not_found, "stream_not_found", stream);
    if (after > *head)
        return fail(Code::conflict, "cursor_ahead", fmt::format("after {} of {}", after, *head));
    if (after == *head) return std::vector<StoredEvent>{};
    const std::uint64_t count = std::clamp<std::uint64_t>(limit.events, 1, *head - after);
    const auto entries = index.load(stream, after + 1, count);
    if (!entries) return fail(entries.error());
    if (entries->size() < count)
        return index_corrupt(
            fmt::format("it has {} of {} entries of {}", entries->size(), count, stream));
    return reader.read(stream, after + 1, places_of(*entries, count), limit);
}

}  // namespace

SqlJournal::SqlJournal(std::shared_ptr<JournalCore> core) : core_(std::move(core)) {}

SqlJournal::~SqlJournal() {
    core_->stop_scrub();  // Its next slice would keep the core alive until the last.
}

Result<std::unique_ptr<SqlJournal>> SqlJournal::open(SqlJournalOptions options) {
    auto opened = open_folder(options.folder, {.seals = options.seals, .index = options.index},
                              options.clock, options.random);
    if (!opened) return fail(opened.error());
    auto committer =
        Committer::create(std::move(opened->database), opened->head, opened->index->id_hash(),
                          options.clock, options.random, options.boot);
    if (!committer) return fail(committer.error());
    auto reader = EventReader::open(options.folder);
    if (!reader) return fail(reader.error());
    const auto trusted = opened->trusted;
    auto epochs = opened->epochs;
    auto core = std::make_shared<JournalCore>(std::move(options), std::move(*opened),
                                              std::move(*committer), std::move(*reader));
    if (trusted) core->scrub(std::move(epochs), *trusted);
    return std::unique_ptr<SqlJournal>(new SqlJournal(std::move(core)));
}

void SqlJournal::open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) {
    if (auto checked = check_name(stream); !checked) {
        post_result<std::unique_ptr<Stream>>(home, std::move(done), fail(checked.error()));
        return;
    }
    core_->open(std::move(stream), home, std::move(done));
}

void SqlJournal::read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
                      Done<std::vector<StoredEvent>> done) {
    core_->on_reader([core = core_.get(), stream = std::move(stream), after, limit, &home,
                      done = std::move(done)](EventReader& reader, Index& index) mutable {
        auto events = read_stream(reader, index, stream, after, limit);
        if (!events) core->report_corrupt(events.error());
        post_result(home, std::move(done), std::move(events));
    });
}

void SqlJournal::read_all(std::uint64_t after_position, ReadLimit limit, Loop& home,
                          Done<std::vector<JournalEvent>> done) {
    core_->on_reader([core = core_.get(), after_position, limit, &home, done = std::move(done)](
                         EventReader& reader, Index&) mutable {
        const std::uint64_t head = core->durable_position();
        Result<std::vector<JournalEvent>> events;
        if (after_position > head)
            events = fail(Code::conflict, "cursor_ahead",
                          fmt::format("after {} of {}", after_position, head));
        else
            events = reader.read_all(after_position, head, limit);
        if (!events) core->report_corrupt(events.error());
        post_result(home, std::move(done), std::move(events));
    });
}

void SqlJournal::list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                              Done<std::vector<StreamHead>> done) {
    core_->on_reader([core = core_.get(), prefix = std::move(prefix), after = std::move(after),
                      limit, &home, done = std::move(done)](EventReader&, Index& index) mutable {
        auto heads = index.list(prefix, after, limit);
        if (!heads) core->report_corrupt(heads.error());
        post_result(home, std::move(done), std::move(heads));
    });
}

std::string SqlJournal::epoch() const {
    return core_->epoch();
}

std::uint64_t SqlJournal::head_position() const {
    return core_->durable_position();
}

void SqlJournal::stop_scrub() {
    core_->stop_scrub();
}

Health SqlJournal::health() const {
    return core_->health();
}

Figures SqlJournal::figures() const {
    return core_->figures();
}

void SqlJournal::erase(std::string stream, std::uint64_t first, std::uint64_t last, Loop& home,
                       Done<std::uint64_t> done) {
    core_->on_reader([core = core_.get(), stream = std::move(stream),
                      first = std::max<std::uint64_t>(first, 1), last, &home,
                      done = std::move(done)](EventReader&, Index& index) mutable {
        const std::uint64_t count = last < first ? 0 : last - first + 1;
        const auto entries = index.load(stream, first, count);
        if (!entries) {
            core->report_corrupt(entries.error());
            post_result<std::uint64_t>(home, std::move(done), fail(entries.error()));
            return;
        }
        core->erase(places_of(*entries, count), home, std::move(done));
    });
}

void SqlJournal::close(Loop& home, Done<void> done) {
    core_->close(home, std::move(done));
}

}  // namespace lifeline::journal
