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
    // Of the open hour with so much more, as it would be charged.
    std::int64_t open_quantity(std::int64_t more_raw, const Rounding& rounding) const {
        const std::int64_t whole = recorded_ + (open_ ? open_->sum.raw : 0) + more_raw;
        return rounded(whole, rounding) - rounded(recorded_, rounding);
    }
    bool open() const { return open_.has_value(); }
    std::optional<Window> hour() const { return open_ ? std::optional(open_->hour) : std::nullopt; }
    // The id of the record that the open hour will have; made by whoever knows how.
    template <class Make>
    const std::string& open_id(Make make) {
        if (open_->record_id.empty()) open_->record_id = make(open_->hour);
        return open_->record_id;
    }
    std::int64_t recorded() const { return recorded_; }
    // Recorded or open, as measured: never more than quantity_max, either way.
    std::int64_t measured() const { return recorded_ + (open_ ? open_->sum.raw : 0); }
    // Whether it still is that with so much more, itself within twice quantity_max.
    bool holds(std::int64_t more_raw) const;

private:
    friend struct CallUsageText;
    struct Open {
        Window hour;
        Portion sum;
        std::string record_id = {};  // Once somebody asked for it.
    };
    UsageRecord record(Window hour, const Portion& portion, const Rounding& rounding);

    std::int64_t recorded_ = 0;  // As measured.
    std::optional<Window> cut_;  // The last hour of which there is a record.
    std::optional<Open> open_;
    Evidence open_evidence_;
};

}  // namespace lifeline::metering
