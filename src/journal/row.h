#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/chain.h"
#include "journal/journal.h"

// One group commit as bytes, written and read back (docs/journal_format.md):
//
//   row    = wall ms i64, steady us i64, boot id 2 x u64, then per record the u32 offset at which
//   it
//            begins, then the records one after the other
//   record = checksum u64, kind u8, header, then salt and bytes, or the inner digest when erased
//   header = five u8 lengths, seq u64, stream, eventId, actor kind, actor id, cause
//
// The offsets make one record readable without the others, and let erasure change a record's length
// while its ordinal, which the index points to, stays.
namespace lifeline::journal {

inline constexpr std::size_t row_header_bytes = 32;
inline constexpr std::size_t row_records_max = 1024;

// A record read in place: it points into the row's bytes.
struct RecordView {
    std::uint64_t seq = 0;
    std::string_view stream;
    std::string_view event_id;
    std::string_view actor_kind;
    std::string_view actor_id;
    std::string_view cause;
    bool erased = false;
    std::string_view header;  // What the leaf covers beside the inner digest.
    std::string_view salt;    // When not erased.
    std::string_view bytes;   // When not erased.
    std::string_view inner;   // When erased.
};

// The one who knows a record's place makes its checksum depend on it, so that a record in another
// place, or under another time, is as wrong as a flipped bit.
struct RecordPlace {
    std::uint64_t position = 0;
    WallTime wall;
};

// Builds rows; keeps its buffers from one to the next.
class RowWriter {
public:
    void begin(std::uint64_t first_position, const RowTime& time, std::size_t count);
    void add(std::string_view stream, std::uint64_t seq, const Draft& draft, const Salt& salt);
    // The row's bytes and its hash; as many records were added as were announced.
    const std::string& body() const { return body_; }
    Digest digest(const EpochId& epoch, const Digest& previous);

private:
    Sha256 sha_;
    std::string body_;
    std::vector<Digest> leaves_;
    std::uint64_t first_position_ = 0;
    RowTime time_;
    std::size_t count_ = 0;
};

// Where the records of a row of `count` begin, and where the offset of the n-th of them stands.
constexpr std::size_t records_at(std::size_t count) {
    return row_header_bytes + count * sizeof(std::uint32_t);
}
constexpr std::size_t offset_at(std::size_t ordinal) {
    return row_header_bytes + ordinal * sizeof(std::uint32_t);
}

// Reads a row that is wholly in memory.
class RowView {
public:
    // Checks only that the offsets make sense.
    static Result<RowView> open(std::string_view body, std::uint64_t first_position,
                                std::uint64_t count);

    const RowTime& time() const { return time_; }
    std::uint64_t count() const { return count_; }
    std::uint64_t first_position() const { return first_position_; }
    // Checksum and form are checked; corrupt says which position is bad.
    Result<RecordView> record(std::uint64_t ordinal) const;
    // Also checks every record.
    Result<Digest> digest(Sha256& sha, const EpochId& epoch, const Digest& previous) const;

private:
    RowView() = default;
    std::size_t begin_of(std::uint64_t ordinal) const;

    std::string_view body_;
    RowTime time_;
    std::uint64_t first_position_ = 0;
    std::uint64_t count_ = 0;
};

// From the row's first bytes.
RowTime row_time(std::string_view body);
// What the first eight bytes of a record are to be.
std::uint64_t record_checksum(std::string_view record, const RecordPlace& place);
Result<RecordView> read_record(std::string_view bytes, const RecordPlace& place);
StoredEvent stored_event(const RecordView& record, const RecordPlace& place, SteadyTime steady);
Digest inner_of(Sha256& sha, const RecordView& record);

// The row again with these records (by ordinal, ascending) reduced to their inner digests.
Result<std::string> erase_records(Sha256& sha, const RowView& row,
                                  const std::vector<std::uint64_t>& ordinals);

}  // namespace lifeline::journal
