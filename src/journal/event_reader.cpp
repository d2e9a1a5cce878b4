#include "journal/event_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "journal/encoding.h"
#include "journal/index_corrupt.h"
#include "journal/read_ahead.h"
#include "journal/row.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;
constexpr std::size_t worth_reading_ahead = 16;  // Events.
constexpr std::uint64_t map_bytes = 0x7fff0000;  // The most SQLite takes.
// Pages seen through the map count as resident until it goes: at most about 32 MiB of them.
constexpr std::uint64_t rows_per_map = 2048;

sql::OpenOptions options(std::uint64_t mmap_bytes) {
    return {.access = sql::Access::read, .mmap_bytes = mmap_bytes};
}

Error as_corrupt(Error error, std::uint64_t position) {
    // The index says that it is there.
    if (error.code == Code::not_found)
        return {Code::corrupt, "journal_corrupt",
                fmt::format("the row at position {} is missing", position)};
    return error;
}

}  // namespace

// What is still to be read, and what has been.
struct EventReader::Wanted {
    const std::string& stream;
    std::uint64_t next_seq;
    std::span<const Place> places;  // Of next_seq and what follows.
    ReadLimit limit;
    std::vector<StoredEvent> events = {};
    std::size_t bytes = 0;
    bool full = false;
    std::string buffer = {};

    bool done() const { return full || places.empty(); }
    // As many of the next places as follow each other in one row.
    std::size_t run_length() const {
        std::size_t length = 1;
        while (length < places.size() && places[length].row() == places[0].row() &&
               places[length].ordinal() == places[0].ordinal() + length)
            ++length;
        return length;
    }
    Status take(std::string_view record, const RowTime& time);
};

Status EventReader::Wanted::take(std::string_view bytes_of_record, const RowTime& time) {
    const RecordPlace place{places[0].position(), time.wall};
    const auto record = read_record(bytes_of_record, place);
    if (!record) return fail(record.error());
    if (record->stream != stream || record->seq != next_seq)
        return index_corrupt(fmt::format("it has {} seq {} at position {}, where {} seq {} is",
                                         stream, next_seq, place.position, record->stream,
                                         record->seq));
    bytes += record->bytes.size();
    if (!events.empty() && (events.size() >= limit.events || bytes > limit.bytes)) {
        full = true;
        return {};
    }
    events.push_back(stored_event(*record, place, time.steady));
    ++next_seq;
    places = places.subspan(1);
    return {};
}

EventReader::EventReader(Folder folder, sql::Database points, sql::Database scans, Ahead ahead)
    : folder_(std::move(folder)),
      points_(std::move(points)),
      scans_(std::move(scans)),
      ahead_(ahead) {}

EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;
EventReader::~EventReader() = default;

Result<EventReader> EventReader::open(const Folder& folder, Ahead ahead) {
    auto points = open_journal_file(folder, options(map_bytes));
    if (!points) return fail(points.error());
    auto scans = open_journal_file(folder, options(0));
    if (!scans) return fail(scans.error());
    return EventReader(folder, std::move(*points), std::move(*scans),
                       folder.vfs.empty() ? ahead : Ahead::no);
}

Result<std::vector<StoredEvent>> EventReader::read(const std::string& stream,
                                                   std::uint64_t first_seq,
                                                   std::span<const Place> places, ReadLimit limit) {
    Wanted wanted{.stream = stream, .next_seq = first_seq, .places = places, .limit = limit};
    wanted.events.reserve(std::min(places.size(), limit.events));
    const std::uint64_t waits = disk_waits();
    // The first row says whether the rest is likely to be in memory.
    if (!wanted.done())
        if (auto read = read_chunk(wanted, 1); !read) return fail(read.error());
    if (ahead_ == Ahead::yes && disk_waits() > waits) look_ahead(wanted);
    while (!wanted.done())
        if (auto read = read_chunk(wanted, chunk_bytes); !read) return fail(read.error());
    if (auto given_back = give_back_map(); !given_back) return fail(given_back.error());
    return std::move(wanted.events);
}

void EventReader::look_ahead(const Wanted& wanted) {
    const std::size_t most = wanted.limit.events - wanted.events.size();
    const auto places = wanted.places.first(std::min(wanted.places.size(), most));
    if (wanted.done() || places.size() < worth_reading_ahead) return;
    if (!read_ahead_) read_ahead_ = std::make_unique<ReadAhead>(folder_);
    read_ahead_->fetch(wanted.stream, wanted.next_seq, places);
}

Status EventReader::read_chunk(Wanted& wanted, std::size_t chunk) {
    auto transaction = sql::Transaction::begin(points_, sql::Transaction::Kind::read);
    if (!transaction) return fail(transaction.error());
    const std::uint64_t first = wanted.places[0].row();
    auto blob = points_.open_blob(row_table, row_body_column, static_cast<std::int64_t>(first));
    if (!blob) return fail(as_corrupt(blob.error(), first));
    std::uint64_t row = first;
    for (std::size_t taken = 0; taken < chunk && !wanted.done();) {
        if (wanted.places[0].row() != row) {
            row = wanted.places[0].row();
            if (auto moved = blob->reopen(static_cast<std::int64_t>(row)); !moved)
                return fail(as_corrupt(moved.error(), row));
        }
        ++rows_read_;
        const auto read = read_run(*blob, wanted);
        if (!read) return fail(read.error());
        taken += *read;
    }
    return {};
}

// Reads the places that follow each other in the row that the blob stands on, in two reads: the
// offsets, then the records.
Result<std::size_t> EventReader::read_run(sql::Blob& blob, Wanted& wanted) {
    const std::uint64_t ordinal = wanted.places[0].ordinal();
    const std::uint64_t position = wanted.places[0].position();
    std::size_t length = std::min(wanted.run_length(), wanted.limit.events);
    std::string& buffer = wanted.buffer;
    buffer.resize(std::min(offset_at(ordinal + length + 1), blob.size()));
    const auto misplaced = [&] {
        return fail(Code::corrupt, "journal_corrupt",
                    fmt::format("the offsets of position {} make no sense", position));
    };
    if (buffer.size() < offset_at(ordinal + length)) return misplaced();
    if (auto read = blob.read(0, buffer); !read) return fail(read.error());
    const RowTime time = row_time(buffer);
    // The offsets end where the first record begins; there the last record's end is the row's.
    const auto first_record = get_at<std::uint32_t>(buffer, offset_at(0));
    std::vector<std::size_t> begins;
    for (std::size_t i = ordinal; i <= ordinal + length; ++i)
        begins.push_back(offset_at(i) < first_record && offset_at(i + 1) <= buffer.size()
                             ? get_at<std::uint32_t>(buffer, offset_at(i))
                             : blob.size());
    while (length > 1 && begins[length] - begins[0] > chunk_bytes) --length;
    if (!std::ranges::is_sorted(begins) || begins[length] > blob.size()) return misplaced();

    buffer.resize(begins[length] - begins[0]);
    if (auto read = blob.read(begins[0], buffer); !read) return fail(read.error());
    for (std::size_t i = 0; i < length && !wanted.full; ++i) {
        const auto record =
            std::string_view(buffer).substr(begins[i] - begins[0], begins[i + 1] - begins[i]);
        if (auto taken = wanted.take(record, time); !taken) return fail(taken.error());
    }
    return buffer.size();
}

Result<std::vector<JournalEvent>> EventReader::read_all(std::uint64_t after, std::uint64_t up_to,
                                                        ReadLimit limit) {
    std::vector<JournalEvent> events;
    std::size_t bytes = 0;
    const auto take = [&](const StoredRow& stored) -> Result<bool> {
        const auto row = RowView::open(stored.body, stored.first_position, stored.count);
        if (!row) return fail(row.error());
        const std::uint64_t next = after + events.size() + 1;
        if (row->first_position() > next)
            return fail(Code::corrupt, "journal_corrupt",
                        fmt::format("the row at position {} is missing", next));
        for (std::uint64_t i = next - row->first_position(); i < row->count(); ++i) {
            const RecordPlace place{row->first_position() + i, row->time().wall};
            if (place.position > up_to) return false;
            const auto record = row->record(i);
            if (!record) return fail(record.error());
            bytes += record->bytes.size();
            if (!events.empty() && (events.size() >= limit.events || bytes > limit.bytes))
                return false;
            events.push_back(
                {std::string(record->stream), stored_event(*record, place, row->time().steady)});
        }
        return true;
    };
    if (after >= up_to) return events;
    if (auto read = for_each_row(scans_, after, take); !read) return fail(read.error());
    if (events.empty())
        return fail(Code::corrupt, "journal_corrupt",
                    fmt::format("the row at position {} is missing", after + 1));
    return events;
}

Status EventReader::slice(std::uint64_t after,
                          const std::function<Result<bool>(const StoredRow&)>& each) {
    std::size_t bytes = 0;
    return for_each_row(scans_, after, [&](const StoredRow& row) -> Result<bool> {
        bytes += row.body.size();
        const auto go_on = each(row);
        if (!go_on) return go_on;
        return *go_on && bytes < chunk_bytes;
    });
}

Status EventReader::give_back_map() {
    if (rows_read_ < rows_per_map) return {};
    rows_read_ = 0;
    auto points = open_journal_file(folder_, options(map_bytes));
    if (!points) return fail(points.error());
    points_ = std::move(*points);
    return {};
}

}  // namespace lifeline::journal
