#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::document {

// The steps of a JSON pointer, as somebody wrote them. What a step means, a key or a position,
// depends on what it is taken in.
using Path = std::vector<std::string>;

std::string pointer_of(const Path& path);
// A position in an array, as RFC 6901 spells it; nothing for what is none.
std::optional<std::size_t> index_of(std::string_view step);
// Behind an array's last item.
inline constexpr std::string_view end_step = "-";

// A step that was taken, so that it is known what it meant.
struct Step {
    std::string key;                   // In an object,
    std::optional<std::size_t> index;  // or in an array.
    friend bool operator==(const Step&, const Step&) = default;
};

// What an operation that was applied did to the document: where others must not have been, and
// what moved.
struct Effect {
    enum class Kind : std::uint8_t {
        write,   // What is at the place is another now, or gone from an object, or new in one.
        insert,  // There is one more at this position of an array; those behind it moved up.
        remove,  // There is one less; those behind it moved down.
    };
    Kind kind = Kind::write;
    std::vector<Step> place;  // Empty: the whole document.
    friend bool operator==(const Effect&, const Effect&) = default;
};

}  // namespace lifeline::document
