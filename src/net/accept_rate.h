#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "base/clock.h"
#include "net/ip_address.h"

namespace lifeline::net {

// How many connections one address may open a second, and how many at once; an IPv6 network of 64
// bits counts as one, since that is what one household or one virtual machine is given. Remembers
// one moment for each: when what it has opened so far is paid for (GCRA). Lives on one loop.
class AcceptRate {
public:
    struct Limits {
        std::uint32_t per_second = 100;
        std::uint32_t burst = 1'000;  // An office behind one address that comes back after a cut.
    };
    // Beyond this many newcomers are let in: more addresses than that are no single peer's flood,
    // and what is left are the limits of the house.
    static constexpr std::size_t remembered_max = 100'000;

    explicit AcceptRate(Limits limits) : limits_(limits) {}

    bool may_enter(const IpAddress& address, SteadyTime now);
    void set_limits(Limits limits) { limits_ = limits; }
    std::size_t remembered() const { return paid_until_.size(); }

private:
    struct Hash {
        std::size_t operator()(const IpAddress& address) const;
    };

    Limits limits_;
    std::unordered_map<IpAddress, SteadyTime, Hash> paid_until_;
};

}  // namespace lifeline::net
