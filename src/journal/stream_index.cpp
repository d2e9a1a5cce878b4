#include "journal/stream_index.h"

#include <algorithm>

#include "base/check.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t seqs_max = UINT32_MAX - 1;

// Four slots in five may be taken; beyond, probing gets long.
bool crowded(std::size_t entries, std::size_t slots) {
    return entries * 5 > slots * 4;
}

// Memory is what open calls cost, so growth is by a quarter, not by doubling.
std::size_t grown(std::size_t size) {
    return std::max<std::size_t>(8, size + size / 4);
}

}  // namespace

StreamIndex::StreamIndex(std::vector<IndexEntry> entries) : entries_(std::move(entries)) {
    entries_.shrink_to_fit();  // It was gathered page by page, with room to spare.
    grow_table();
}

void StreamIndex::add(const IndexEntry& entry) {
    CHECK(entries_.size() < seqs_max);
    if (entries_.size() == entries_.capacity()) entries_.reserve(grown(entries_.size()));
    entries_.push_back(entry);
    if (crowded(entries_.size(), table_.size()))
        grow_table();
    else
        insert(static_cast<std::uint32_t>(entries_.size()));
}

std::uint64_t StreamIndex::find(std::uint64_t id_hash, std::uint64_t after) const {
    if (table_.empty()) return 0;
    // Equal hashes were inserted in the order of their seq, so they are met in it.
    for (std::size_t slot = slot_of(id_hash); table_[slot] != 0;
         slot = (slot + 1) % table_.size()) {
        const std::uint32_t seq = table_[slot];
        if (seq > after && at(seq).id_hash == id_hash) return seq;
    }
    return 0;
}

std::size_t StreamIndex::memory_bytes() const {
    return sizeof *this + entries_.capacity() * sizeof(IndexEntry) +
           table_.capacity() * sizeof(std::uint32_t);
}

std::size_t StreamIndex::slot_of(std::uint64_t id_hash) const {
    // The high bits scaled to the table: any size will do, not only powers of two.
    return static_cast<std::size_t>((id_hash >> 32) * table_.size() >> 32);
}

void StreamIndex::insert(std::uint32_t seq) {
    std::size_t slot = slot_of(at(seq).id_hash);
    while (table_[slot] != 0) slot = (slot + 1) % table_.size();
    table_[slot] = seq;
}

void StreamIndex::grow_table() {
    const std::size_t slots = grown(entries_.size()) * 5 / 4 + 1;
    table_ = std::vector<std::uint32_t>(slots, 0);
    for (std::size_t seq = 1; seq <= entries_.size(); ++seq)
        insert(static_cast<std::uint32_t>(seq));
}

}  // namespace lifeline::journal
