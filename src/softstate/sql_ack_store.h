#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "softstate/ack_store.h"
#include "sql/database.h"

namespace lifeline::softstate {

// Acks in a database of their own (state.db). Of the journal's file they would cost an fsync each,
// and a view is rebuilt from the journal, which does not have them. Nothing here waits for the
// disk's own cache: a kill -9 loses what was not handed over, a power cut what the system had not
// written yet.
class SqlAckStore final : public AckStore {
public:
    struct Options {
        std::string path;
        // An ack counts in one history: what was kept of another is thrown away.
        std::string epoch;
        WallTime now;              // What was to be forgotten by now is.
        std::size_t acks_max = 0;  // So many are read; those that live longest.
    };
    struct Opened {
        std::unique_ptr<SqlAckStore> store;
        std::vector<Ack> acks;
    };
    // Blocks. A file that cannot be read is made anew; an error when that cannot be done either.
    // Jobs run on `worker`, which may outlive this.
    static Result<Opened> open(const Options& options, Worker& worker);

    void keep(std::vector<Ack> changed, WallTime now, Loop& from,
              std::move_only_function<void(Status)> done) override;

private:
    SqlAckStore(Worker& worker, sql::Database database)
        : worker_(worker), database_(std::make_shared<sql::Database>(std::move(database))) {}

    Worker& worker_;
    std::shared_ptr<sql::Database> database_;  // Touched only by the worker's jobs, once opened.
};

}  // namespace lifeline::softstate
