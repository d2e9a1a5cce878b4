#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/directory_log.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "base/result.h"
#include "base/thread_worker.h"
#include "journal/sql_journal.h"

namespace lifeline::app {

// A data folder opened by a command while no server runs (the folder's lock sees to that): the
// journal, and the directory of accounts and keys folded from it.
class Offline {
public:
    static Result<std::unique_ptr<Offline>> open(const std::string& folder);
    ~Offline();

    const identity::Directory& directory() { return directory_->directory(); }
    // Appends, and returns when it is durable.
    Status append(identity::DirectoryChanges changes);
    Clock& clock() { return clock_; }
    Random& random() { return random_; }

private:
    Offline() = default;
    // Runs the loop until `start` has called back.
    Status wait(std::function<void(journal::Done<void>)> start);

    SystemClock clock_;
    SystemRandom random_;
    SystemRandom writer_random_;
    AsioLoop loop_;
    std::unique_ptr<journal::SqlJournal> journal_;
    std::unique_ptr<ThreadWorker> writer_ = std::make_unique<ThreadWorker>("journal-write");
    std::unique_ptr<ThreadWorker> marker_ = std::make_unique<ThreadWorker>("journal-mark");
    std::unique_ptr<ThreadWorker> reader_ = std::make_unique<ThreadWorker>("journal-read");
    std::unique_ptr<JournaledDirectory> directory_;
};

}  // namespace lifeline::app
