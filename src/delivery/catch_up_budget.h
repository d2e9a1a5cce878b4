#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include "base/loop.h"

namespace lifeline::delivery {

class Reader;

// What all readers of a loop that are behind may hold in memory together. Who finds it spent waits
// for a turn: nothing is queued for them meanwhile, only their cursor is further back. Lives on the
// loop.
class CatchUpBudget {
public:
    CatchUpBudget(Loop& loop, std::size_t bytes_max) : loop_(loop), bytes_max_(bytes_max) {}
    ~CatchUpBudget() { *alive_ = false; }
    CatchUpBudget(const CatchUpBudget&) = delete;
    CatchUpBudget& operator=(const CatchUpBudget&) = delete;

    // False when it is spent: then the reader is pumped when there is room again.
    bool take(Reader& reader, std::size_t bytes);
    void give(std::size_t bytes);
    // It waits no more.
    void forget(const Reader& reader);

    std::size_t used() const { return used_; }
    std::size_t waiting() const { return waiting_.size(); }

private:
    void wake();

    Loop& loop_;
    std::size_t bytes_max_;
    std::size_t used_ = 0;
    std::deque<Reader*> waiting_;
    bool wake_posted_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::delivery
