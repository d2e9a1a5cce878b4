#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/shared_bucket.h"
#include "gateway/limits.h"
#include "gateway/rate_table.h"
#include "identity/principal.h"

namespace lifeline::gateway {

// How much each may publish, and how often each may connect: one bucket a person, on whatever loop
// their calls are. The tables live on the loop that accepts, where everybody comes by first; what
// they publish by is then taken along.
class Rates {
public:
    explicit Rates(const Limits& limits);
    // For who is not remembered yet.
    void take_limits(const Limits& limits);

    // rate_limited.
    Status may_connect(const identity::Principal& principal, std::string_view session_id,
                       SteadyTime now);
    // rate_limited when there are too many who published of late.
    Result<std::shared_ptr<SharedBucket>> publishing(const identity::Principal& principal,
                                                     std::string_view session_id, SteadyTime now);

private:
    RateTable connects_;
    RateTable publishes_;
};

// rate_limited, or takes one. On any loop.
Status may_publish(SharedBucket& bucket, SteadyTime now);

}  // namespace lifeline::gateway
