#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

// What `lifeline replay` leaves out, and how it keeps time. query_invalid for what was typed wrong.
namespace lifeline::app {

// Where to stop: the last event, or the last moment, that is still shown.
class Until {
public:
    // A seq, or a time of RFC 3339 in UTC; "" is never.
    static Result<Until> read(std::string_view text);
    bool reached(std::uint64_t seq, WallTime recorded_at) const;

private:
    std::optional<std::uint64_t> seq_;
    std::optional<WallTime> time_;
};

// Which types: names, and beginnings that end with `*`, with commas between them.
class OnlyTypes {
public:
    // "" is every type. A name that no event can have is refused, so that a slip is no empty
    // answer.
    static Result<OnlyTypes> read(std::string_view text);
    bool has(std::string_view type) const;
    bool all() const { return names_.empty(); }

private:
    std::vector<std::string> names_;
};

// When the next event is due, at the pace at which they were recorded or some times that.
class Pace {
public:
    // "max", or a number above 0.
    static Result<Pace> read(std::string_view text);
    // How long to wait at `now` before an event is shown; the first sets the beginning.
    Micros wait(WallTime recorded_at, SteadyTime now);

private:
    std::optional<double> speed_;  // Nothing: as fast as it goes.
    std::optional<WallTime> first_;
    SteadyTime began_{};
};

}  // namespace lifeline::app
