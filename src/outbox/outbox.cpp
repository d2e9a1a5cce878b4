#include "outbox/outbox.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "contract/type_marker.h"

namespace lifeline::outbox {

namespace {

constexpr std::array types = std::to_array<std::string_view>({
    "billing.adjustment.created",
    "billing.delivery.completed",
    "billing.delivery.discarded",
    "billing.delivery.parked",
    "billing.delivery.redriven",
    "billing.usage.recorded",
});
static_assert(std::ranges::is_sorted(types));

}  // namespace

Outbox::View::Change Outbox::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Happening> happenings;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !contract::may_be_of(stored.bytes, types)) continue;
        auto event = checker_.read_stored(stored.bytes);
        if (event) happenings.push_back({stream, stored.position, *std::move(event)});
    }
    return [this, happenings = std::move(happenings)](OutboxStore& store, std::uint64_t cursor) {
        return tell_after(store.apply(happenings, cursor), !happenings.empty());
    };
}

}  // namespace lifeline::outbox
