#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/committer.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "journal/index.h"
#include "journal/mark.h"
#include "journal/seals.h"

namespace lifeline::journal {

// A folder that was found whole: what its mark says is there, every row follows the one before it,
// and the index has caught up.
struct OpenedFolder {
    FolderLock lock;
    FolderKey key;
    sql::Database database;
    std::vector<Epoch> epochs;
    ChainHead head;
    MarkFile mark;
    SealFile seals;
    std::unique_ptr<Index> index;
    std::optional<HeadMark> trusted;  // Rows up to here are yet to be checked (scrub.h).
};

// What production leaves as it is and tests make small.
struct Policies {
    SealPolicy seals = {};
    IndexPolicy index = {};
};

// Makes a new journal in an empty folder, or opens the one that is there. Anything that is not as
// it was left is refused with what was found and what to do: folder_in_use, format_newer,
// journal_missing, journal_key_missing, journal_corrupt, journal_tail_lost, journal_differs,
// mark_missing, mark_corrupt. Blocks.
Result<OpenedFolder> open_folder(const Folder& folder, const Policies& policies, Clock& clock,
                                 Random& random);

// What to do is said once, here, for whatever was found damaged.
Error with_advice(Error error);

// Holds what the mark says against the journal: nothing acknowledged may be missing or different.
Status check_mark(sql::Database& database, const std::vector<Epoch>& epochs, const HeadMark& mark);

}  // namespace lifeline::journal
