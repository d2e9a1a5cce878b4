#include "sinks/circuit.h"

#include <algorithm>

namespace lifeline::sinks {

Circuit::Way Circuit::way(WallTime now) const {
    if (!until_) return Way::open;
    return trying_ || now < *until_ ? Way::closed : Way::one;
}

void Circuit::succeeded() {
    failures_ = 0;
    pause_ = Millis(0);
    until_.reset();
    trying_ = false;
    why_.clear();
}

void Circuit::failed(const std::string& why, WallTime now, Random& random) {
    why_ = why;
    if (++failures_ < options_.failures) return;
    // What was under way when it closed says nothing new.
    if (until_ && !trying_) return;
    trying_ = false;
    pause_ = pause_ == Millis(0) ? options_.first : std::min(pause_ * 2, options_.most);
    // Between half of it and all: several sinks that one outage took are not tried at once.
    const auto half = static_cast<std::uint64_t>(pause_.count()) / 2;
    until_ = now + Millis(half + random.below(half + 1));
}

}  // namespace lifeline::sinks
