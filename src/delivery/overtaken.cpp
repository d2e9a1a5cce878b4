#include "delivery/overtaken.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "base/check.h"
#include "contract/event_type.h"

namespace lifeline::delivery {

namespace {

using contract::EventType;

constexpr auto types = static_cast<std::size_t>(EventType::custom);

// Types that may be left out, and those that make them unnecessary.
std::array<bool, types + 1> build_concerned() {
    std::array<bool, types + 1> concerned{};
    for (std::size_t i = 0; i < types; ++i) {
        const auto& info = contract::type_info(static_cast<EventType>(i));
        if (!info.supersedable) continue;
        concerned[i] = true;
        for (const EventType by : info.superseded_by())
            concerned[static_cast<std::size_t>(by)] = true;
    }
    return concerned;
}

bool concerned(EventType type) {
    static const auto table = build_concerned();
    return table[static_cast<std::size_t>(type)];
}

// A look at the bytes, so that most events are not parsed. What it overlooks is shown, and nothing
// is left out for what it takes for a type: that the parsed event says.
bool may_be_concerned(std::string_view bytes) {
    constexpr std::string_view key = "\"type\":\"";
    for (auto at = bytes.find(key); at != std::string_view::npos; at = bytes.find(key, at)) {
        at += key.size();
        const auto name = bytes.substr(at, bytes.substr(at, 65).find('"'));
        const auto type = contract::find_type(name);
        if (type && concerned(*type)) return true;
    }
    return false;
}

std::string key_of(EventType type, std::string_view value) {
    return std::string(contract::type_info(type).name) + ' ' + std::string(value);
}

}  // namespace

std::vector<bool> overtaken(std::span<const journal::StoredEvent> events,
                            contract::EventChecker& checker) {
    std::vector<bool> out(events.size(), false);
    std::unordered_set<std::string> later;  // What later ones are, and of what.
    for (std::size_t i = events.size(); i-- > 0;) {
        if (events[i].erased || !may_be_concerned(events[i].bytes)) continue;
        const auto event = checker.read_stored(events[i].bytes);
        CHECK(event.has_value());
        if (!concerned(event->type())) continue;
        const auto& info = contract::type_info(event->type());
        const auto value = event->supersede_value();
        if (info.supersedable && !value.empty())
            out[i] = std::ranges::any_of(info.superseded_by(), [&](EventType by) {
                return later.contains(key_of(by, value));
            });
        // By whichever field it answers to the types that it overtakes.
        for (std::size_t t = 0; t < types; ++t) {
            const auto& other = contract::type_info(static_cast<EventType>(t));
            if (!other.supersedable || !std::ranges::count(other.superseded_by(), event->type()))
                continue;
            if (const auto named = event->find_text(other.supersede_key))
                later.insert(key_of(event->type(), *named));
        }
    }
    return out;
}

}  // namespace lifeline::delivery
