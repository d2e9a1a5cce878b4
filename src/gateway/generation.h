#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::gateway {

// Which connection of a call came after which: (boot, number), so that it grows over restarts and
// crashes without anything being written for it. Its text, of a fixed width, is in the same order.
struct Generation {
    std::uint64_t boot = 0;
    std::uint64_t number = 0;

    std::string text() const;
    static std::optional<Generation> parse(std::string_view text);
    friend auto operator<=>(const Generation&, const Generation&) = default;
};

}  // namespace lifeline::gateway
