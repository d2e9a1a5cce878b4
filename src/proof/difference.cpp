#include "proof/difference.h"

#include <algorithm>

#include "contract/canonical.h"

namespace lifeline::proof {

namespace {

using contract::Json;

constexpr std::size_t shown_max = 80;

std::string shown(const std::optional<Json>& value) {
    if (!value) return "nothing";
    std::string text = contract::canonical_json(*value);
    if (text.size() <= shown_max) return text;
    // A text that is cut between two bytes of a character is no text.
    std::size_t end = shown_max;
    while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "...";
}

// A key as RFC 6901 writes it in a pointer.
std::string token(std::string_view key) {
    std::string text = "/";
    for (const char c : key)
        if (c == '~' || c == '/')
            text += c == '~' ? "~0" : "~1";
        else
            text += c;
    return text;
}

std::optional<Difference> compare(const std::optional<Json>& said,
                                  const std::optional<Json>& expected, const std::string& pointer) {
    if (!said || !expected || said->kind() != expected->kind())
        return Difference{pointer, shown(said), shown(expected)};
    if (expected->is_object()) {
        for (const auto& [key, value] : expected->members())
            if (auto found = compare(said->find(key), value, pointer + token(key))) return found;
        for (const auto& [key, value] : said->members())
            if (!expected->find(key))
                return Difference{pointer + token(key), shown(value), shown({})};
        return std::nullopt;
    }
    if (expected->is_array()) {
        const auto these = said->items();
        const auto those = expected->items();
        for (std::size_t i = 0; i < std::max(these.size(), those.size()); ++i) {
            const auto one = i < these.size() ? std::optional(these[i]) : std::nullopt;
            const auto other = i < those.size() ? std::optional(those[i]) : std::nullopt;
            if (auto found = compare(one, other, pointer + "/" + std::to_string(i))) return found;
        }
        return std::nullopt;
    }
    if (contract::canonical_json(*said) == contract::canonical_json(*expected)) return std::nullopt;
    return Difference{pointer, shown(said), shown(expected)};
}

}  // namespace

std::optional<Difference> first_difference(const Json& said, const Json& expected) {
    return compare(said, expected, "");
}

}  // namespace lifeline::proof
