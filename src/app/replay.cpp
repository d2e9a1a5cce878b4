#include "app/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/comma_list.h"
#include "contract/event_type.h"

namespace lifeline::app {

namespace {

constexpr double slowest = 0.001;

template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// A name that some event may have, or the beginning of one.
bool is_known(std::string_view name) {
    if (!name.ends_with('*')) return contract::find_type(name).has_value();
    name.remove_suffix(1);
    if (name.starts_with("x.")) return true;
    for (int i = 0; i <= static_cast<int>(contract::EventType::custom); ++i)
        if (contract::type_info(static_cast<contract::EventType>(i)).name.starts_with(name))
            return true;
    return false;
}

}  // namespace

Result<Until> Until::read(std::string_view text) {
    Until until;
    if (text.empty()) return until;
    until.seq_ = number<std::uint64_t>(text);
    if (until.seq_) return until;
    std::string time(text);
    if (time.size() == 20 && time.ends_with('Z')) time.insert(19, ".000");  // Whole seconds.
    until.time_ = parse_rfc3339(time);
    if (until.time_) return until;
    return fail(Code::malformed, "query_invalid",
                "--until is a seq, or a time such as 2026-02-16T10:00:00Z");
}

bool Until::reached(std::uint64_t seq, WallTime recorded_at) const {
    return (seq_ && seq > *seq_) || (time_ && recorded_at > *time_);
}

Result<OnlyTypes> OnlyTypes::read(std::string_view text) {
    OnlyTypes only;
    for (const std::string_view name : comma_list(text)) {
        if (!is_known(name))
            return fail(Code::malformed, "query_invalid",
                        fmt::format("--only: no event has the type {}", name));
        only.names_.emplace_back(name);
    }
    return only;
}

bool OnlyTypes::has(std::string_view type) const {
    return names_.empty() || std::ranges::any_of(names_, [type](std::string_view name) {
               if (!name.ends_with('*')) return name == type;
               return type.starts_with(name.substr(0, name.size() - 1));
           });
}

Result<Pace> Pace::read(std::string_view text) {
    Pace pace;
    if (text == "max") return pace;
    pace.speed_ = number<double>(text);
    if (pace.speed_ && std::isfinite(*pace.speed_) && *pace.speed_ >= slowest) return pace;
    return fail(Code::malformed, "query_invalid", "--speed is max, or a number such as 1 or 2.5");
}

Micros Pace::wait(WallTime recorded_at, SteadyTime now) {
    if (!speed_) return Micros{0};
    if (!first_) {
        first_ = recorded_at;
        began_ = now;
    }
    const std::chrono::duration<double, std::milli> into_call = recorded_at - *first_;
    const auto due = began_ + std::chrono::duration_cast<Micros>(into_call / *speed_);
    return std::max(Micros{0}, due - now);
}

}  // namespace lifeline::app
