#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "whatif/recorded.h"

namespace lifeline::app {

// The journal of a folder for what asks it again, as often as it is read: always up to the event
// that was its last when it was read first. Nothing is locked or written, so a server may run.
class WhatIfReading {
public:
    explicit WhatIfReading(std::string folder) : folder_(std::move(folder)) {}

    // Every event for which `wants` answers true, in order. `progress` is told now and then how
    // many events were read.
    using Wants = std::function<bool(std::string_view stream, std::string_view bytes)>;
    using Each = std::function<void(const whatif::Recorded&)>;
    Status read(const Wants& wants, const Each& each);

    std::function<void(std::uint64_t events)> progress = {};
    // Whether the last reading had an event of this stream.
    bool had(std::string_view stream) const { return seen_ && stream == looked_for_; }
    void look_for(std::string stream) { looked_for_ = std::move(stream); }

private:
    std::string folder_;
    std::string looked_for_;
    bool seen_ = false;
    std::optional<std::uint64_t> last_;  // The position of the last event of the first reading.
};

}  // namespace lifeline::app
