#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/stream_index.h"

// A run of index entries packed into a blob: a checksum, then for each entry how far its row is
// from the entry before, its ordinal, and the hash of its eventId; about 11 bytes an event.
namespace lifeline::journal {

// Stream and first_seq are part of the checksum: a page under another key is as wrong as a damaged
// one.
std::string encode_index_page(std::string_view stream, std::uint64_t first_seq,
                              std::span<const IndexEntry> entries);
// Appends the page's entries to `out`.
Status decode_index_page(std::string_view stream, std::uint64_t first_seq, std::string_view page,
                         std::vector<IndexEntry>& out);

}  // namespace lifeline::journal
