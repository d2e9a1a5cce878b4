#pragma once

#include <memory>
#include <string>
#include <vector>

#include "journal/journal_core.h"
#include "journal/line.h"
#include "journal/stream_index.h"

namespace lifeline::journal {

// An open stream of a SqlJournal; lives on its loop.
class SqlStream final : public Stream {
public:
    SqlStream(std::shared_ptr<JournalCore> core, std::shared_ptr<Line> line,
              std::vector<IndexEntry> entries);
    ~SqlStream() override;

    std::uint64_t head() const override { return index_.head(); }
    std::optional<std::uint64_t> find(std::string_view event_id) const override;
    void fetch(std::string event_id, Done<std::optional<StoredEvent>> done) override;
    void append(std::uint64_t expected_head, std::vector<Draft> batch,
                Done<Appended> done) override;
    void read(std::uint64_t after, ReadLimit limit, Done<std::vector<StoredEvent>> done) override;
    void set_tail(Tail* tail) override { tail_ = tail; }

    // The answer to a request of this stream. The stream may be gone when it returns.
    void settle(Request& request);

private:
    void fetch_after(std::uint64_t after, std::string event_id,
                     Done<std::optional<StoredEvent>> done);
    void read_places(std::uint64_t first_seq, std::vector<Place> places, ReadLimit limit,
                     Done<std::vector<StoredEvent>> done);
    // Runs `job` on the loop, unless this stream is gone by then.
    void later(Job job);

    std::shared_ptr<JournalCore> core_;
    std::shared_ptr<Line> line_;
    StreamIndex index_;
    Tail* tail_ = nullptr;
    std::uint64_t failures_heard_ = 0;
};

}  // namespace lifeline::journal
