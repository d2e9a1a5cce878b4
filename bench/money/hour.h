#pragma once

#include <cstddef>
#include <string>

#include "base/window.h"

namespace lifeline::money {

// The hour that is counted again.
inline const Window counted_hour = *parse_window("2026-02-16T10:00Z");
// Who gets every charge, and took it.
inline constexpr const char* sink = "bank";
// Of whose journal the view is.
inline constexpr const char* epoch = "bench";

struct Hour {
    std::size_t records = 1'000'000;
    std::size_t accounts = 200;
    bool dump = false;  // usage.tsv and charges.tsv, too: for others to sum up.
};

// One hour with so many usage records, and their charges, delivered: the evidence for counting them
// again (reconciliation.db), and the same records and charges in plain tables (rows.db).
void make_hour(const std::string& dir, const Hour& hour);

// Counts it again as the server does, and says how long it took and what memory; then SQLite's sum
// of the same rows, and one scan of them. In a process of its own, or the memory says nothing.
void recount_hour(const std::string& dir);

}  // namespace lifeline::money
