#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"

namespace lifeline::journal {

// Reads the whole journal on from a cursor, chunk by chunk, for a view that folds it: one chunk at
// a time, the next when the view has taken the one before. Lives on its loop.
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
    Done<void> ready_;
    std::vector<Waiting> waiting_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::journal
