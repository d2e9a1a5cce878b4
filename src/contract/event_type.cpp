#include "contract/event_type.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "contract/tables.h"

namespace lifeline::contract {
namespace {

constexpr std::size_t table_size = 1024;  // A power of two, many times the number of types.

// FNV-1a, eight bytes at a step.
std::size_t hash(std::string_view name) {
    std::uint64_t state = 0xCBF2'9CE4'8422'2325U;
    while (!name.empty()) {
        std::uint64_t word = 0;
        const std::size_t bytes = std::min<std::size_t>(name.size(), sizeof(word));
        name.copy(reinterpret_cast<char*>(&word), bytes);
        state = (state ^ word) * 0x9E37'79B9'7F4A'7C15U;
        name.remove_prefix(bytes);
    }
    return (state >> 40) % table_size;
}

// Open addressing: position in tables::types plus one, or 0 for a free place.
std::array<std::uint16_t, table_size> build_index() {
    std::array<std::uint16_t, table_size> index{};
    for (std::size_t type = 0; type < tables::types.size(); ++type) {
        std::size_t place = hash(tables::types[type].name);
        while (index[place] != 0) place = (place + 1) % table_size;
        index[place] = static_cast<std::uint16_t>(type + 1);
    }
    return index;
}

// x. and 1 to 62 letters, digits, dots, dashes and underscores.
bool is_custom(std::string_view name) {
    if (!name.starts_with("x.") || name.size() < 3 || name.size() > 64) return false;
    return std::ranges::all_of(name.substr(2), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    });
}

}  // namespace

std::span<const EventType> TypeInfo::superseded_by() const {
    return tables::superseding.subspan(superseding_first, superseding_count);
}

const TypeInfo& type_info(EventType type) {
    return tables::types[static_cast<std::size_t>(type)];
}

std::optional<EventType> find_type(std::string_view name) {
    static const auto index = build_index();
    if (name.starts_with("x.")) {
        return is_custom(name) ? std::optional(EventType::custom) : std::nullopt;
    }
    for (std::size_t place = hash(name); index[place] != 0; place = (place + 1) % table_size) {
        const auto type = static_cast<EventType>(index[place] - 1);
        if (type_info(type).name == name) return type;
    }
    return std::nullopt;
}

std::string_view legacy_successor(std::string_view name) {
    const auto found = std::ranges::find(tables::legacy_types, name, &tables::LegacyType::old_name);
    return found == tables::legacy_types.end() ? std::string_view() : found->new_name;
}

bool may_publish(Role role, EventType type) {
    return type_info(type).publishers.has(role);
}

}  // namespace lifeline::contract
