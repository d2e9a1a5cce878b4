#include "metering/happening.h"

#include <algorithm>
#include <array>

namespace lifeline::metering {

namespace {

constexpr std::string_view marker = R"("type":")";

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
    for (std::size_t at = bytes.find(marker); at != std::string_view::npos;
         at = bytes.find(marker, at + marker.size())) {
        const std::string_view rest = bytes.substr(at + marker.size(), 64);
        if (std::ranges::binary_search(types, rest.substr(0, rest.find('"')))) return true;
    }
    return false;
}

}  // namespace lifeline::metering
