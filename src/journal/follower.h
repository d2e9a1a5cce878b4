#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"

namespace lifeline::journal {

// Reads the whole journal on from a cursor, chunk by chunk, for a view that folds it. The next
// chunk is read while the view takes the one before, and given to it then. Lives on its loop.
class Follower {
public:
    using Taken = std::move_only_function<void(Status)>;
    using Take = std::function<void(std::vector<JournalEvent>, Taken)>;

    Follower(Loop& home, Journal& journal, Take take)
        : home_(home), journal_(journal), take_(std::move(take)) {}
    ~Follower() { *alive_ = false; }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    // `ready` once the view has come up to the head for the first time, or cannot.
    void start(std::uint64_t cursor, Done<void> ready);
    // Something was appended. On the loop.
    void poke();
    // `then`, once the view has come up to `position`, or cannot just now: at once if nobody
    // follows. So an answer has all that was durable when it was asked for. On the loop.
    void reach(std::uint64_t position, Job then);
    // The position up to which the view has come.
    std::uint64_t position() const { return cursor_; }

private:
    void read_on();
    void read(std::uint64_t after);
    void take_next();
    void finished(Status status);
    void answer_reached();

    struct Waiting {
        std::uint64_t position;
        Job then;
    };

    Loop& home_;
    Journal& journal_;
    Take take_;
    std::uint64_t cursor_ = 0;
    bool started_ = false;
    bool busy_ = false;
    bool again_ = false;
    bool reading_ = false;
    bool taking_ = false;
    std::optional<Result<std::vector<JournalEvent>>> next_;  // Read ahead.
    std::uint64_t turn_ = 0;  // What was asked for before the last failure is not taken.
    Done<void> ready_;
    std::vector<Waiting> waiting_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::journal
