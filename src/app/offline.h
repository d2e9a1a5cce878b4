#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/instance_log.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "base/result.h"
#include "base/thread_worker.h"
#include "journal/sql_journal.h"

namespace lifeline::app {

// journal_missing where it is not: a misspelt folder must not become a new one.
Status journal_is_there(const std::string& folder);

// A data folder opened by a command while no server runs (the folder's lock sees to that): the
// journal, and the directory of accounts and keys folded from it.
class Offline {
public:
    // `create` is for the command that comes first in the life of a folder.
    enum class Missing { refuse, create };
    static Result<std::unique_ptr<Offline>> open(const std::string& folder, Missing missing);
    ~Offline();

    Loop& loop() { return loop_; }
    journal::SqlJournal& journal() { return *journal_; }
    InstanceLog& instance() { return *instance_; }
    Random& random() { return random_; }
    // Runs the loop until `start` has called back.
    Status wait(std::function<void(journal::Done<void>)> start);

    const identity::Directory& directory() { return instance_->directory(); }
    identity::Deciding deciding() { return {directory(), clock_.wall(), random_}; }
    // Appends, and returns when it is durable.
    Status append(identity::DirectoryChanges changes);

    // Opens the folder, appends what `decide` says, and closes it; gives whether anything changed.
    using Decide = std::function<Result<identity::DirectoryChanges>(const identity::Deciding&)>;
    static Result<bool> change(const std::string& folder, Missing missing, const Decide& decide);

private:
    Offline() = default;

    SystemClock clock_;
    SystemRandom random_;
    SystemRandom writer_random_;
    AsioLoop loop_;
    std::unique_ptr<journal::SqlJournal> journal_;
    std::unique_ptr<ThreadWorker> writer_ = std::make_unique<ThreadWorker>("journal-write");
    std::unique_ptr<ThreadWorker> marker_ = std::make_unique<ThreadWorker>("journal-mark");
    std::unique_ptr<ThreadWorker> reader_ = std::make_unique<ThreadWorker>("journal-read");
    std::unique_ptr<InstanceLog> instance_;
};

}  // namespace lifeline::app
