#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "sql/database.h"

namespace lifeline::journal {

struct Copied {
    sql::Database database;
    std::vector<Epoch> epochs;
    HeadMark head;
    std::optional<Error> bad;  // What ended the copy, when damage was allowed to.
};

enum class OnDamage { refuse, stop };

// Copies epochs and rows, checking each, to a new journal file; reads the source and changes
// nothing of it. Rows that come while it runs stay behind.
Result<Copied> copy_journal(const Folder& from, const Folder& to, OnDamage on_damage);

}  // namespace lifeline::journal
