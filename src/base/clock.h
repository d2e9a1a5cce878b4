#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline {

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;
// What people call the time; may jump. For records and deadlines that survive a restart.
using WallTime = std::chrono::sys_time<Millis>;
// Never jumps, means nothing across a boot. For waiting and for measuring.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Micros>;

// Time is handed in, so that a simulation can run hours in milliseconds.
class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime wall() const = 0;
    virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
public:
    WallTime wall() const override;
    SteadyTime steady() const override;
};

// "2026-02-16T10:00:00.000Z": RFC 3339, UTC, always three digits of milliseconds.
std::string format_rfc3339(WallTime time);
// The way back; nullopt for anything that format_rfc3339 would not have written.
std::optional<WallTime> parse_rfc3339(std::string_view text);

// The kernel's boot id (16 bytes as two words), or zeros where there is none. Steady times of two
// records compare only when their boot ids are equal.
struct BootId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const BootId&, const BootId&) = default;
};
BootId boot_id();

}  // namespace lifeline
