#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "journal/condition.h"
#include "journal/figures.h"
#include "journal/folder.h"
#include "journal/index_policy.h"
#include "journal/journal.h"
#include "journal/seals.h"

namespace lifeline::journal {

class JournalCore;

struct SqlJournalOptions {
    Folder folder;
    // Each runs one job at a time; they outlive the journal's last job, so destroy them first and
    // the journal after. In production three threads; in a simulation what it likes.
    Worker& writer;  // Commits and checkpoints.
    Worker& marker;  // Writes the high-water mark beside the next commit, then answers.
    Worker& reader;  // Reads, and keeps index.db.
    Clock& clock;
    Random& random;  // Used on the writer only, once open() has returned.
    BootId boot = boot_id();
    SealPolicy seals = {};
    IndexPolicy index = {};
    // Once, from a worker: the disk failed, nothing is acknowledged any more. Tell clients and
    // exit; the next start finds out what is there.
    std::function<void(const Error&)> on_fatal = [](const Error&) {};
    // From the reader: stored bytes are not what was written. Only the read that met them has
    // failed.
    std::function<void(const Error&)> on_corrupt = [](const Error&) {};
};

// The journal in SQLite, one row per group commit: what has queued from all streams (at most 256
// events or 1 MiB) becomes one row, one fsync, and is acknowledged once the high-water mark says so
// too. Its methods may be called from any thread, a Stream's only from its loop.
class SqlJournal final : public Journal {
public:
    // Blocks; checks everything that is there (opening.h says what can be wrong).
    static Result<std::unique_ptr<SqlJournal>> open(SqlJournalOptions options);
    // As a crash would, but for what is on its way: call close() first to leave nothing to redo.
    ~SqlJournal() override;

    void open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) override;
    void read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
              Done<std::vector<StoredEvent>> done) override;
    void read_all(std::uint64_t after_position, ReadLimit limit, Loop& home,
                  Done<std::vector<JournalEvent>> done) override;
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      Done<std::vector<StreamHead>> done) override;
    std::string epoch() const override;
    std::uint64_t head_position() const override;
    // Whether events can be acknowledged, and what is stored still holds. From any thread. A full
    // disk is looked at again by the way, at most every 2 s: it is found to have room without
    // anybody publishing.
    Health health() const;

    // From any thread.
    Figures figures() const;

    // Destroys the bytes of a stream's events from `first` to `last`, as far as there are any, and
    // gives how many were not erased before. Numbers, ids and the chain stay. storage_busy: a
    // reader is in the way, call again.
    void erase(std::string stream, std::uint64_t first, std::uint64_t last, Loop& home,
               Done<std::uint64_t> done);

    // Gives up the check in the background, for those who go without a close(): a worker that is
    // destroyed would first check all of history.
    void stop_scrub();

    // Refuses appends from now on, settles what is on its way, ends the check in the background,
    // and leaves the files at rest.
    void close(Loop& home, Done<void> done);

private:
    explicit SqlJournal(std::shared_ptr<JournalCore> core);
    std::shared_ptr<JournalCore> core_;
};

}  // namespace lifeline::journal
