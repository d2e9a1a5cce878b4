#include "gateway/arrivals.h"

#include <algorithm>
#include <utility>

namespace lifeline::gateway {

std::shared_ptr<Arrivals::Arrival> Arrivals::enter(identity::Principal principal) {
    auto arrival = std::make_shared<Arrival>(std::move(principal));
    if (arrivals_.size() >= look_at_) forget_those_gone();
    arrivals_.push_back(arrival);
    return arrival;
}

void Arrivals::cut(const Judge& why) {
    forget_those_gone();
    for (const auto& one : arrivals_)
        if (const auto arrival = one.lock(); arrival && !arrival->cut)
            arrival->cut = why(arrival->principal);
}

// At twice as many as there were the last time: each one who comes pays for a look at one or two.
void Arrivals::forget_those_gone() {
    std::erase_if(arrivals_, [](const auto& arrival) { return arrival.expired(); });
    look_at_ = std::max<std::size_t>(64, 2 * arrivals_.size());
}

}  // namespace lifeline::gateway
