#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "journal/journal.h"

namespace lifeline::delivery {

// Where a follower's events go: a response that stays open.
class Following {
public:
    // False when enough is on its way: the owner calls Follower::pump() when there is room again.
    virtual bool take(const journal::StoredEvent& event) = 0;
    virtual void read_failed(const Error& error) = 0;
    // Everything up to the stream's head was taken.
    virtual void caught_up() = 0;

protected:
    ~Following() = default;
};

// One reader's cursor in a stream, for readers that want events and not frames. Always reads the
// journal; pump() whenever there may be something new.
class Follower {
public:
    Follower(journal::Stream& stream, Following& following, std::uint64_t cursor)
        : stream_(stream), following_(following), cursor_(cursor) {}
    ~Follower() { *alive_ = false; }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    void pump();
    std::uint64_t cursor() const { return cursor_; }

private:
    void give();

    journal::Stream& stream_;
    Following& following_;
    std::uint64_t cursor_;
    std::vector<journal::StoredEvent> read_;
    std::size_t given_ = 0;
    bool reading_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::delivery
