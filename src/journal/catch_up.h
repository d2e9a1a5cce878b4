#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "journal/epoch.h"
#include "journal/index.h"
#include "journal/seals.h"
#include "sql/database.h"

namespace lifeline::journal {

// What a start found out on its way through the rows.
struct CaughtUp {
    WallTime wall;  // Of the last row.
    // Rows up to here were taken on a seal's word, and are still to be checked.
    std::optional<HeadMark> trusted;
};

// Checks every row behind the newest seal (and at least the policy's last events), and before it
// whether all rows that the index is yet to learn are there. Changes nothing.
Result<CaughtUp> check_tail(sql::Database& database, const std::vector<Epoch>& epochs,
                            const SealFile& seals, const SealPolicy& policy, std::uint64_t head,
                            const HeadMark& indexed);

// Folds every row beyond the index's cursor into it. index_corrupt is the index's trouble, not the
// journal's.
Status fold_rows(sql::Database& database, const std::vector<Epoch>& epochs, Index& index);

}  // namespace lifeline::journal
