#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lifeline::journal {

// Where an event lies: its row and its number in it, which erasure does not change.
class Place {
public:
    static constexpr unsigned ordinal_bits = 16;

    Place() = default;
    Place(std::uint64_t row, std::uint64_t ordinal) : packed_(row << ordinal_bits | ordinal) {}

    std::uint64_t row() const { return packed_ >> ordinal_bits; }  // Its first position.
    std::uint64_t ordinal() const { return packed_ & ((1u << ordinal_bits) - 1); }
    std::uint64_t position() const { return row() + ordinal(); }

    friend bool operator==(const Place&, const Place&) = default;

private:
    std::uint64_t packed_ = 0;
};

// What the index knows of one event: 16 bytes.
struct IndexEntry {
    Place place;
    std::uint64_t id_hash = 0;  // Keyed (checksum.h).

    friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

// One stream's index in memory: seq -> place, and eventId -> seq by way of a hash, in about 24
// bytes an event. Whoever asks by eventId looks at the stored event before believing.
class StreamIndex {
public:
    StreamIndex() = default;
    explicit StreamIndex(std::vector<IndexEntry> entries);

    std::uint64_t head() const { return entries_.size(); }
    void add(const IndexEntry& entry);
    // From 1 to the head.
    const IndexEntry& at(std::uint64_t seq) const { return entries_[seq - 1]; }

    // The first seq greater than `after` whose eventId has this hash; 0 when there is none.
    std::uint64_t find(std::uint64_t id_hash, std::uint64_t after = 0) const;

    std::size_t memory_bytes() const;

private:
    std::size_t slot_of(std::uint64_t id_hash) const;
    void insert(std::uint32_t seq);
    void grow_table();

    std::vector<IndexEntry> entries_;   // entries_[seq - 1]
    std::vector<std::uint32_t> table_;  // Open addressing: a seq, or 0 for an empty slot.
};

}  // namespace lifeline::journal
