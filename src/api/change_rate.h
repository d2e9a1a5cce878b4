#pragma once

#include <string_view>

#include "gateway/rate_table.h"
#include "identity/principal.h"

namespace lifeline::api {

// How fast somebody may change things over REST: make calls, add people, share documents. What is
// published counts as events, by whatever door it comes (gateway::Rates). Services and admins act
// for everybody and are not counted. Lives on the HTTP server's loop, so there is one of it.
class ChangeRate {
public:
    // A page makes a handful in a minute; a script that sets something up, hundreds at once.
    static constexpr gateway::RateTable::Rate standard{.per_second = 10, .burst = 400};

    explicit ChangeRate(gateway::RateTable::Rate rate) : changes_(rate, remembered_max) {}

    void take_rate(gateway::RateTable::Rate rate) { changes_.take_rate(rate); }
    // How long until this principal may make one more; none left to wait takes one. `about` is the
    // call or document that is changed, empty where it is yet to be made.
    Millis wait_to_change(const identity::Principal& principal, std::string_view about,
                          SteadyTime now);

private:
    static constexpr std::size_t remembered_max = 100'000;

    gateway::RateTable changes_;
};

}  // namespace lifeline::api
