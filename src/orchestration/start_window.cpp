#include "orchestration/start_window.h"

#include <algorithm>

namespace lifeline::orchestration {

namespace {
constexpr std::chrono::minutes window(1);
}

Millis StartWindow::wait(SteadyTime now) {
    if (per_minute_ == 0) return Millis(0);
    while (!began_.empty() && began_.front() + window <= now) began_.pop_front();
    if (began_.size() < per_minute_) return Millis(0);
    return std::chrono::ceil<Millis>(began_.front() + window - now);
}

void StartWindow::begin(SteadyTime now) {
    if (per_minute_ > 0) began_.push_back(now);
}

void StartWindow::take_back(SteadyTime began) {
    const auto found = std::ranges::find(began_, began);
    if (found != began_.end()) began_.erase(found);
}

}  // namespace lifeline::orchestration
