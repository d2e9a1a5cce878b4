#include "net/accept_rate.h"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace lifeline::net {

std::size_t AcceptRate::Hash::operator()(const IpAddress& address) const {
    const auto& bytes = address.bytes();
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool AcceptRate::may_enter(const IpAddress& address, SteadyTime now) {
    const IpAddress who = address.network();
    auto found = paid_until_.find(who);
    if (found == paid_until_.end()) {
        if (paid_until_.size() >= remembered_max) {
            std::erase_if(paid_until_, [now](const auto& entry) { return entry.second <= now; });
            if (paid_until_.size() >= remembered_max) return true;
        }
        found = paid_until_.try_emplace(who, now).first;
    }
    const std::chrono::microseconds price{1'000'000 / limits_.per_second};
    const SteadyTime paid = std::max(found->second, now) + price;
    if (paid - now > price * limits_.burst) return false;
    found->second = paid;
    return true;
}

}  // namespace lifeline::net
