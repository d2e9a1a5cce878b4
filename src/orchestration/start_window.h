#pragma once

#include <cstddef>
#include <deque>

#include "base/clock.h"

namespace lifeline::orchestration {

// How many may begin in any minute, exactly: the times of those that did.
class StartWindow {
public:
    explicit StartWindow(std::size_t per_minute) : per_minute_(per_minute) {}  // 0: no limit.

    // How long until one more may begin; 0: now.
    Millis wait(SteadyTime now);
    void begin(SteadyTime now);
    // What began then did not begin after all.
    void take_back(SteadyTime began);

private:
    std::size_t per_minute_;
    std::deque<SteadyTime> began_;
};

}  // namespace lifeline::orchestration
