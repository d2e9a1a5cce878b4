#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/folder.h"

// What operators do to a journal's folder. Nothing here destroys a file: what is replaced is moved
// into a folder `replaced-...` beside it.
namespace lifeline::journal {

struct BackupReport {
    std::string epoch;
    std::uint64_t events = 0;  // Also the last position.
};

// Copies the journal as it stands, row by row and every one checked, into a folder that is empty or
// not there. Works beside a running server and holds no read transaction for long. The copy
// includes the folder's key, so it is kept like a secret.
Result<BackupReport> backup(const Folder& from, const Folder& to);

struct NewEpochReport {
    std::string old_epoch;
    std::string new_epoch;
    std::uint64_t events = 0;       // What there is now.
    std::uint64_t events_lost = 0;  // What the mark knew beyond that.
    std::string replaced;           // Where the former files are; empty when there were none.
};

// Puts a backup into a folder, in a new epoch that records how far the folder's own history had
// come, as far as that is known. The server is stopped.
Result<NewEpochReport> restore(const Folder& backup, const Folder& to, Clock& clock,
                               Random& random);

// Goes on without what is missing or damaged: keeps every row up to the first bad one, in a new
// epoch that records the loss. Refused with nothing_lost when the journal is whole. The server is
// stopped.
Result<NewEpochReport> accept_loss(const Folder& folder, Clock& clock, Random& random);

}  // namespace lifeline::journal
