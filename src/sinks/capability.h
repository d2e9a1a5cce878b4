#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace lifeline::sinks {

// How a sink says that it had an id already.
enum class DuplicateSignal : std::uint8_t { error, silent, overwrite };

// What can be asked of a sink afterwards: whether it has this one, what it has in all for an
// account, an item and an hour, or nothing.
enum class ReadBack : std::uint8_t { none, aggregate, record };

// What a sink is like. The adapters only declare it; whoever sends (delivery.h, lane.h) holds
// itself to it.
struct Capability {
    // As long as it knows an id again; nothing: for ever.
    std::optional<Millis> dedupe_window = {};
    DuplicateSignal duplicate_signal = DuplicateSignal::silent;
    // A charge whose hour is longer ago is refused; nothing: however old.
    std::optional<Millis> oldest = {};
    Millis newest = Millis(0);  // As far ahead of its clock an hour may be.
    int value_digits = 19;      // Of a quantity.
    ReadBack read_back = ReadBack::none;
    Millis settles = Millis(0);  // What it took may be seen this much later.
    std::size_t batch_max = 1;
    std::uint32_t per_second = 25;  // Requests.
    std::size_t in_flight_max = 8;
    // Requests at a time for one account and item; 0: as many as there are.
    std::size_t per_key = 0;
};

}  // namespace lifeline::sinks
