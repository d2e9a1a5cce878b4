#pragma once

#include "api/consent_demand.h"
#include "base/clock.h"
#include "contract/limits.h"

namespace lifeline::api {

// Defaults and bounds of what a call may be asked to be.
struct CallDefaults {
    Millis connect_timeout = std::chrono::minutes(5);
    Millis max_duration = std::chrono::hours(4);
    // Where a media provider holds the line, and where not: a locked phone is no failed call.
    Millis reconnect_window_media{contract::limits::provider_reconnect_window_ms};
    Millis reconnect_window{contract::limits::reconnect_window_ms};
    ConsentDemand consent = {};
};

}  // namespace lifeline::api
