#include "reconciliation/reconciliation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "contract/type_marker.h"
#include "reconciliation/run.h"

namespace lifeline::reconciliation {

namespace {

constexpr std::array types = std::to_array<std::string_view>({
    "billing.adjustment.created",
    "billing.card.activated",
    "billing.card.assigned",
    "billing.counted.elsewhere",
    "billing.delivery.completed",
    "billing.delivery.discarded",
    "billing.delivery.parked",
    "billing.delivery.redriven",
    "billing.meters.activated",
    "billing.usage.measured",
    "billing.usage.reconciled",
    "billing.usage.recorded",
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

Reconciliation::View::Change Reconciliation::read(
    const std::vector<journal::JournalEvent>& events) {
    std::vector<Told> told;
    std::optional<std::pair<WallTime, SteadyTime>> before;
    for (const auto& [stream, stored] : events) {
        const auto previous = std::exchange(before, std::pair(stored.recorded_at, stored.steady));
        if (stored.erased || !contract::may_be_of(stored.bytes, types)) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event || !std::ranges::binary_search(types, event->type_name())) continue;
        told.push_back({.stream = stream,
                        .event = {.position = stored.position,
                                  .type = std::string(event->type_name()),
                                  .wall = stored.recorded_at,
                                  .steady = stored.steady,
                                  .payload = std::string(event->payload_json()),
                                  .before = previous}});
    }
    const auto last = before.value_or(std::pair<WallTime, SteadyTime>());
    return [told = std::move(told), last](EvidenceStore& store, std::uint64_t cursor) {
        return View::nothing_after(store.apply(told, last, cursor));
    };
}

void Reconciliation::run(RunQuery query, Loop& from, journal::Done<Report> done) {
    ask<Report>(from, std::move(done), [query = std::move(query)](EvidenceStore& store) {
        return reconciliation::run(store, query);
    });
}

}  // namespace lifeline::reconciliation
