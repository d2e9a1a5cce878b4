#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "metering/usage_record.h"

namespace lifeline::metering {

// What one fact adds.
struct Portion {
    std::int64_t raw = 0;
    WallTime from;
    WallTime to;
    bool estimated = false;
};

// What a call used of one key: what is recorded, and what has been added since. A record takes the
// rounded whole less the rounded rest, so that whatever the cuts, their sum is the rounded whole.
class Tally {
public:
    // Adds to the hour; when another hour's is still open, that is cut first and returned.
    std::optional<UsageRecord> add(Window hour, const Portion& portion, const Rounding& rounding);
    // Also rests on this.
    void witness(const Witness& witness) { open_evidence_.add(witness); }
    // What was added since the last cut, as a record; nothing when there is none.
    std::optional<UsageRecord> cut(std::string_view end_cause, const Rounding& rounding);
    // A fact of its own, at once, whatever is open.
    UsageRecord apart(Window hour, const Portion& portion, const Rounding& rounding);

    // The hour that the next portion of this hour would go to: never one that was cut already.
    Window open_hour(Window wanted) const;
    bool open() const { return open_.has_value(); }
    std::optional<Window> hour() const { return open_ ? std::optional(open_->hour) : std::nullopt; }
    std::int64_t recorded() const { return recorded_; }

private:
    friend struct CallUsageText;
    struct Open {
        Window hour;
        Portion sum;
    };
    UsageRecord record(Window hour, const Portion& portion, const Rounding& rounding);

    std::int64_t recorded_ = 0;  // As measured.
    std::optional<Window> cut_;  // The last hour of which there is a record.
    std::optional<Open> open_;
    Evidence open_evidence_;
};

}  // namespace lifeline::metering
