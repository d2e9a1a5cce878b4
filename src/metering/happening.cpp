#include "metering/happening.h"

#include <algorithm>
#include <array>

#include "contract/type_marker.h"

namespace lifeline::metering {

namespace {

constexpr std::array types = std::to_array<std::string_view>({
    "billing.meters.activated",
    "billing.usage.measured",
    "billing.usage.reconciled",
    "billing.usage.reported",
    "billing.window.closed",
    "call.connected",
    "call.created",
    "call.ended",
    "call.reconnected",
    "call.reconnecting",
    "call.terminal_failure",
    "orchestration.action.cancelled",
    "orchestration.action.failed",
    "orchestration.action.outcome_unknown",
    "orchestration.action.rejected",
    "orchestration.action.requested",
    "orchestration.action.resolved",
    "orchestration.action.started",
    "orchestration.action.succeeded",
    "orchestration.action.timed_out",
    "record.erased",
    "system.tick",
    "transcript.final",
});
static_assert(std::ranges::is_sorted(types));

}  // namespace

bool may_concern(std::string_view bytes) {
    return contract::may_be_of(bytes, types);
}

}  // namespace lifeline::metering
