#include "findings/findings.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "contract/type_marker.h"

namespace lifeline::findings {

namespace {

constexpr std::array types = std::to_array<std::string_view>({
    "billing.adjustment.created",
    "billing.alert.settled",
    "billing.counted.elsewhere",
    "billing.delivery.completed",
    "billing.delivery.discarded",
    "billing.delivery.parked",
    "billing.delivery.redriven",
    "billing.finding.changed",
    "billing.reconciliation.completed",
    "billing.reconciliation.mismatch",
    "billing.usage.measured",
    "billing.usage.recorded",
    "billing.window.closed",
});
static_assert(std::ranges::is_sorted(types));

}  // namespace

Findings::View::Change Findings::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Happening> happenings;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !contract::may_be_of(stored.bytes, types)) continue;
        auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        happenings.push_back(
            {stream, stored.position, format_rfc3339(stored.recorded_at), *std::move(event)});
    }
    return [this, happenings = std::move(happenings)](FindingsStore& store, std::uint64_t cursor) {
        return tell_after(store.apply(happenings, cursor), !happenings.empty());
    };
}

}  // namespace lifeline::findings
