#pragma once

#include <string>

#include "base/result.h"
#include "journal/folder.h"

namespace lifeline::journal {

// What a folder has, before anything is made or changed in it. A start decides on this alone
// whether the folder is new: whoever takes an emptied folder for a new one answers a lost history
// with an empty one.
struct Presence {
    bool database = false;  // journal.db is there and has tables.
    bool mark = false;
    bool key = false;
    // A file that exists only where a journal was once made, beside those above; empty for none.
    std::string sign;
};

// Refuses what needs no closer look: journal_missing, journal_key_missing, and a journal.db that is
// none of ours. Changes nothing, unless the folder is new: there a half-made database is undone.
Result<Presence> look(const Folder& folder);

}  // namespace lifeline::journal
