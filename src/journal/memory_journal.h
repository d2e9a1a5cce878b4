#pragma once

#include <map>
#include <memory>
#include <string>

#include "journal/journal.h"

namespace lifeline::journal {

// A journal that forgets everything when it goes: for tests, and as the model that SqlJournal is
// held against. It keeps every promise but durability; answers come as jobs of the caller's loop.
// All streams share one thread (a loop of a test, or several loops run by one thread).
class MemoryJournal final : public Journal {
public:
    explicit MemoryJournal(Clock& clock, std::string epoch = "memory");
    ~MemoryJournal() override;

    void open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) override;
    void read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
              Done<std::vector<StoredEvent>> done) override;
    void read_all(std::uint64_t after_position, ReadLimit limit, Loop& home,
                  Done<std::vector<JournalEvent>> done) override;
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      Done<std::vector<StreamHead>> done) override;
    std::string epoch() const override { return epoch_; }
    std::uint64_t head_position() const override;

    // While set, every append is refused with this error and writes nothing.
    void refuse_appends(std::optional<Error> error);

private:
    struct Store;
    class OpenStream;

    std::shared_ptr<Store> store_;
    std::string epoch_;
};

}  // namespace lifeline::journal
