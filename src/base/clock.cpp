#include "base/clock.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <fstream>

namespace lifeline {

WallTime SystemClock::wall() const {
    return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const {
    return std::chrono::time_point_cast<Micros>(std::chrono::steady_clock::now());
}

std::string format_rfc3339(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddZ";
    if (text.size() != form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i]) return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
        return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{number(11, 2)} +
           std::chrono::minutes{number(14, 2)} + std::chrono::seconds{number(17, 2)} +
           Millis{number(20, 3)};
}

BootId boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(file, text);
    std::string digits;
    for (const char c : text)
        if (c != '-') digits.push_back(c);
    BootId id;
    const char* const middle = digits.data() + 16;
    if (digits.size() != 32 || std::from_chars(digits.data(), middle, id.high, 16).ptr != middle ||
        std::from_chars(middle, middle + 16, id.low, 16).ptr != middle + 16)
        return {};
    return id;
}

}  // namespace lifeline
