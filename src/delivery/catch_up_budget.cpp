#include "delivery/catch_up_budget.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "delivery/reader.h"

namespace lifeline::delivery {

bool CatchUpBudget::take(Reader& reader, std::size_t bytes) {
    // One is always served, however little there is for all.
    if (used_ > 0 && used_ + bytes > bytes_max_) {
        if (std::ranges::find(waiting_, &reader) == waiting_.end()) waiting_.push_back(&reader);
        return false;
    }
    used_ += bytes;
    return true;
}

void CatchUpBudget::give(std::size_t bytes) {
    CHECK(bytes <= used_);
    used_ -= bytes;
    if (waiting_.empty() || std::exchange(wake_posted_, true)) return;
    // Not from inside of the reader that gives.
    loop_.post([this, alive = alive_] {
        if (*alive) wake();
    });
}

void CatchUpBudget::forget(const Reader& reader) {
    std::erase(waiting_, &reader);
}

void CatchUpBudget::wake() {
    wake_posted_ = false;
    for (std::size_t turns = waiting_.size(); turns > 0 && !waiting_.empty(); --turns) {
        if (used_ > 0 && used_ >= bytes_max_) return;
        Reader* const next = waiting_.front();
        waiting_.pop_front();
        next->pump();
    }
}

}  // namespace lifeline::delivery
