#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/checksum.h"
#include "journal/epoch.h"
#include "journal/folder.h"
#include "journal/line.h"
#include "journal/row.h"
#include "sql/database.h"

namespace lifeline::journal {

// Where the chain stands, from which the next row goes on.
struct ChainHead {
    EpochId epoch{};
    std::uint64_t position = 0;
    Digest hash{};
    WallTime wall;
};

// Writes groups: what has queued becomes one row, one transaction, one fsync. Owns the only
// connection that writes journal.db, and is the only one to checkpoint it. Lives on the writer's
// worker.
class Committer {
public:
    static Result<Committer> create(sql::Database database, const ChainHead& head,
                                    const KeyedHash& id_hash, Clock& clock, Random& random,
                                    const BootId& boot);

    // Makes the group's requests one row. Those that are wrong about their head get stale_head in
    // their outcome; the rest is in the database when this returns, or the error says why nothing
    // is.
    Status commit(Group& group);

    // Moves the log into the database once it has grown, sooner when nobody waits for the next
    // commit.
    enum class Load { idle, busy };
    Status checkpoint_if_due(Load load);
    Status checkpoint_all();

    // Replaces records of one row by their inner digests, and gives how many were not erased
    // before. What they were is still in the log until checkpoint_all().
    Result<std::uint64_t> erase_in_row(std::uint64_t row,
                                       const std::vector<std::uint64_t>& ordinals);

    // Writes what is there already, durably, as a commit is: whether there is room for one again.
    Status probe();

private:
    Status write_row(Group& group, std::size_t count);
    Committer(sql::Database database, sql::Statement insert, const ChainHead& head,
              const KeyedHash& id_hash, Clock& clock, Random& random, const BootId& boot);

    sql::Database database_;
    sql::Statement insert_;
    ChainHead head_;
    KeyedHash id_hash_;
    Clock* clock_;
    Random* random_;
    BootId boot_;
    RowWriter row_;
    Sha256 sha_;
    std::uint64_t moved_at_ = 0;  // Pages in the log when it was last moved.
};

}  // namespace lifeline::journal
