#include "journal/row.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "journal/checksum.h"
#include "journal/encoding.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t lengths = 5;
constexpr std::size_t header_at = checksum_bytes + 1;  // After the kind.
constexpr std::size_t fixed_header_bytes = lengths + 8;

enum class Kind : std::uint8_t { whole = 0, erased = 1 };

void put_time(std::string& out, const RowTime& time) {
    put(out, static_cast<std::int64_t>(time.wall.time_since_epoch().count()));
    put(out, static_cast<std::int64_t>(time.steady.time_since_epoch().count()));
    put(out, time.boot.high);
    put(out, time.boot.low);
}

std::unexpected<Error> corrupt(const RecordPlace& place, std::string_view what) {
    return fail(Code::corrupt, "journal_corrupt",
                fmt::format("the record at position {} {}", place.position, what));
}

}  // namespace

std::uint64_t record_checksum(std::string_view record, const RecordPlace& place) {
    const std::uint64_t where[] = {
        place.position, static_cast<std::uint64_t>(place.wall.time_since_epoch().count())};
    const auto seed = checksum({reinterpret_cast<const char*>(where), sizeof where}, 0);
    return checksum(record.substr(checksum_bytes), seed);
}

void RowWriter::begin(std::uint64_t first_position, const RowTime& time, std::size_t count) {
    CHECK(count > 0 && count <= row_records_max);
    first_position_ = first_position;
    time_ = time;
    count_ = count;
    leaves_.clear();
    body_.clear();
    put_time(body_, time);
    body_.resize(records_at(count));
}

void RowWriter::add(std::string_view stream, std::uint64_t seq, const Draft& draft,
                    const Salt& salt) {
    const std::size_t start = body_.size();
    const std::string_view texts[lengths] = {stream, draft.event_id, draft.actor.kind,
                                             draft.actor.id, draft.cause};
    body_.append(checksum_bytes, '\0');
    body_.push_back(static_cast<char>(Kind::whole));
    for (const auto text : texts) body_.push_back(static_cast<char>(text.size()));
    put(body_, seq);
    for (const auto text : texts) body_.append(text);
    const std::size_t header_end = body_.size();
    body_.append(view(salt));
    body_.append(draft.bytes);

    const std::string_view record = std::string_view(body_).substr(start);
    const std::string_view header = record.substr(header_at, header_end - start - header_at);
    const RecordPlace place{first_position_ + leaves_.size(), time_.wall};
    put_at(body_, offset_at(leaves_.size()), static_cast<std::uint32_t>(start));
    put_at(body_, start, record_checksum(record, place));
    leaves_.push_back(leaf_digest(sha_, header, inner_digest(sha_, salt, draft.bytes)));
}

Digest RowWriter::digest(const EpochId& epoch, const Digest& previous) {
    CHECK(leaves_.size() == count_);
    const Digest root = merkle_root(sha_, leaves_);
    return row_digest(sha_, {epoch, previous, first_position_, count_, time_}, root);
}

RowTime row_time(std::string_view body) {
    return {.wall = WallTime(Millis(get_at<std::int64_t>(body, 0))),
            .steady = SteadyTime(Micros(get_at<std::int64_t>(body, 8))),
            .boot = {get_at<std::uint64_t>(body, 16), get_at<std::uint64_t>(body, 24)}};
}

Result<RowView> RowView::open(std::string_view body, std::uint64_t first_position,
                              std::uint64_t count) {
    if (count == 0 || count > row_records_max || body.size() < records_at(count))
        return corrupt({first_position, {}}, "stands in a row that is too short for its count");
    RowView row;
    row.body_ = body;
    row.time_ = row_time(body);
    row.first_position_ = first_position;
    row.count_ = count;
    if (row.begin_of(0) != records_at(count))
        return corrupt({first_position, {}}, "does not begin behind the offsets of its row");
    for (std::size_t i = 0; i < count; ++i)
        if (row.begin_of(i) > row.begin_of(i + 1))
            return corrupt({first_position + i, {}}, "ends before it begins");
    return row;
}

std::size_t RowView::begin_of(std::uint64_t ordinal) const {
    return ordinal == count_ ? body_.size() : get_at<std::uint32_t>(body_, offset_at(ordinal));
}

Result<RecordView> RowView::record(std::uint64_t ordinal) const {
    CHECK(ordinal < count_);
    const std::size_t begin = begin_of(ordinal);
    return read_record(body_.substr(begin, begin_of(ordinal + 1) - begin),
                       {first_position_ + ordinal, time_.wall});
}

Result<Digest> RowView::digest(Sha256& sha, const EpochId& epoch, const Digest& previous) const {
    std::vector<Digest> leaves;
    leaves.reserve(count_);
    for (std::uint64_t i = 0; i < count_; ++i) {
        const auto read = record(i);
        if (!read) return fail(read.error());
        leaves.push_back(leaf_digest(sha, read->header, inner_of(sha, *read)));
    }
    const Digest root = merkle_root(sha, leaves);
    return row_digest(sha, {epoch, previous, first_position_, count_, time_}, root);
}

Result<RecordView> read_record(std::string_view bytes, const RecordPlace& place) {
    if (bytes.size() < header_at + fixed_header_bytes) return corrupt(place, "is too short");
    if (get_at<std::uint64_t>(bytes, 0) != record_checksum(bytes, place))
        return corrupt(place, "does not match its checksum");

    // Whoever can write a checksum can write anything, so lengths are still not trusted.
    RecordView record;
    std::size_t at = header_at + fixed_header_bytes;
    std::string_view* const texts[lengths] = {&record.stream, &record.event_id, &record.actor_kind,
                                              &record.actor_id, &record.cause};
    for (std::size_t i = 0; i < lengths; ++i) {
        const std::size_t length = get_at<std::uint8_t>(bytes, header_at + i);
        if (length > bytes.size() - at) return corrupt(place, "ends within its header");
        *texts[i] = bytes.substr(at, length);
        at += length;
    }
    record.seq = get_at<std::uint64_t>(bytes, header_at + lengths);
    record.header = bytes.substr(header_at, at - header_at);
    const std::string_view rest = bytes.substr(at);
    const auto kind = static_cast<Kind>(bytes[checksum_bytes]);
    if (kind == Kind::whole && rest.size() >= sizeof(Salt)) {
        record.salt = rest.substr(0, sizeof(Salt));
        record.bytes = rest.substr(sizeof(Salt));
        return record;
    }
    if (kind == Kind::erased && rest.size() == sizeof(Digest)) {
        record.erased = true;
        record.inner = rest;
        return record;
    }
    return corrupt(place, "is of no known kind");
}

StoredEvent stored_event(const RecordView& record, const RecordPlace& place, SteadyTime steady) {
    return {.seq = record.seq,
            .event_id = std::string(record.event_id),
            .actor = {std::string(record.actor_kind), std::string(record.actor_id)},
            .cause = std::string(record.cause),
            .recorded_at = place.wall,
            .steady = steady,
            .bytes = std::string(record.bytes),
            .erased = record.erased,
            .position = place.position};
}

Digest inner_of(Sha256& sha, const RecordView& record) {
    if (!record.erased) return sha.of({record.salt, record.bytes});
    Digest inner;
    std::ranges::copy(record.inner, inner.begin());
    return inner;
}

Result<std::string> erase_records(Sha256& sha, const RowView& row,
                                  const std::vector<std::uint64_t>& ordinals) {
    std::string out;
    put_time(out, row.time());
    out.resize(records_at(row.count()));
    for (std::uint64_t i = 0; i < row.count(); ++i) {
        const auto record = row.record(i);
        if (!record) return fail(record.error());
        const bool erase = record->erased || std::ranges::binary_search(ordinals, i);
        const std::size_t start = out.size();
        out.append(checksum_bytes, '\0');
        out.push_back(static_cast<char>(erase ? Kind::erased : Kind::whole));
        out.append(record->header);
        if (erase) {
            out.append(view(inner_of(sha, *record)));
        } else {
            out.append(record->salt);
            out.append(record->bytes);
        }
        put_at(out, offset_at(i), static_cast<std::uint32_t>(start));
        put_at(out, start,
               record_checksum(std::string_view(out).substr(start),
                               {row.first_position() + i, row.time().wall}));
    }
    return out;
}

}  // namespace lifeline::journal
