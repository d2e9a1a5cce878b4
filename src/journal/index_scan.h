#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "journal/stream_index.h"
#include "sql/database.h"

namespace lifeline::journal {

// Counts up when an older binary would misread the file; another one is replaced, not converted.
inline constexpr std::int64_t index_format = 2;

// index_corrupt for a file of another format.
Status check_index_format(sql::Database& database);

// The entries of one stream, from its first event on.
using EachStream = std::function<void(const std::string&, std::span<const IndexEntry>)>;

// Reads index.db through and finds what a lookup by key cannot: names that are out of order or
// missing. All streams are looked at, and their heads must add up to the cursor, since every event
// is in exactly one.
Status scan_streams(sql::Database& database, std::uint64_t cursor);
// The pages too: each is there, whole, and in its place.
Status scan_index(sql::Database& database, std::uint64_t cursor, const EachStream& each);

}  // namespace lifeline::journal
