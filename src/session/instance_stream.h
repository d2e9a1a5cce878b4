#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"

namespace lifeline::session {

// The only writer of the instance's own stream (`sys_instance`): accounts, users, links and keys.
// What it holds is folded by whoever owns the meaning; here is only the order. Lives on its loop.
class InstanceStream {
public:
    struct Change {
        std::string event_id;
        std::string type;
        std::string payload_json;
    };
    // Each event of the stream, in order: those of the past while loading, then every new one. An
    // error when it is not what its type promises.
    using Fold = std::function<Status(std::string_view type, std::string_view payload_json)>;

    InstanceStream(Loop& loop, journal::Journal& journal, Fold fold);
    ~InstanceStream();
    InstanceStream(const InstanceStream&) = delete;
    InstanceStream& operator=(const InstanceStream&) = delete;

    // journal_corrupt, with the record's name, when one of them cannot be understood.
    void load(journal::Done<void> ready);
    // Appends what is not there yet (by eventId) and answers once that is durable and folded.
    void append(std::vector<Change> changes, journal::Done<void> done);

private:
    struct Waiting {
        std::vector<Change> changes;
        journal::Done<void> done;
    };
    void read_on();
    Status fold(const journal::StoredEvent& stored);
    void next();

    Loop& loop_;
    journal::Journal& journal_;
    Fold fold_;
    contract::EventChecker checker_;
    std::unique_ptr<journal::Stream> stream_;
    journal::Done<void> ready_;
    std::deque<Waiting> waiting_;
    std::uint64_t folded_ = 0;
    bool appending_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::session
