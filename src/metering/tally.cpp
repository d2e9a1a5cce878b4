#include "metering/tally.h"

#include <algorithm>
#include <utility>

#include "metering/quantity.h"

namespace lifeline::metering {

Window Tally::open_hour(Window wanted) const {
    if (open_) return std::max(wanted, open_->hour);
    if (cut_) return std::max(wanted, *cut_ + std::chrono::hours(1));
    return wanted;
}

bool Tally::holds(std::int64_t more_raw) const {
    const std::int64_t whole = measured() + more_raw;
    return whole <= quantity_max && whole >= -quantity_max;
}

std::optional<UsageRecord> Tally::add(Window hour, const Portion& portion,
                                      const Rounding& rounding) {
    hour = open_hour(hour);
    std::optional<UsageRecord> before;
    if (open_ && open_->hour != hour) before = cut("hour", rounding);
    if (!open_) open_ = Open{hour, {.from = portion.from, .to = portion.to}};
    Portion& sum = open_->sum;
    sum.raw += portion.raw;
    sum.from = std::min(sum.from, portion.from);
    sum.to = std::max(sum.to, portion.to);
    sum.estimated = sum.estimated || portion.estimated;
    return before;
}

std::optional<UsageRecord> Tally::cut(std::string_view end_cause, const Rounding& rounding) {
    if (!open_) return std::nullopt;
    const Open open = *std::exchange(open_, std::nullopt);
    const Evidence evidence = std::exchange(open_evidence_, {});
    if (open.sum.raw == 0) return std::nullopt;
    UsageRecord made = record(open.hour, open.sum, rounding);
    cut_ = open.hour;
    made.evidence = evidence;
    made.end_cause = end_cause;
    return made;
}

UsageRecord Tally::apart(Window hour, const Portion& portion, const Rounding& rounding) {
    return record(hour, portion, rounding);
}

UsageRecord Tally::record(Window hour, const Portion& portion, const Rounding& rounding) {
    const std::int64_t before = rounded(recorded_, rounding);
    recorded_ += portion.raw;
    return {.id = {},
            .key = {},
            .window = hour,
            .from = portion.from,
            .to = portion.to,
            .raw = portion.raw,
            .quantity = rounded(recorded_, rounding) - before,
            .cumulative = recorded_,
            .needs_reconciliation = portion.estimated};
}

}  // namespace lifeline::metering
