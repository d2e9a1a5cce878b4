#include "gateway/generation.h"

#include <fmt/format.h>

#include <charconv>

namespace lifeline::gateway {

std::string Generation::text() const {
    return fmt::format("{:010}-{:010}", boot, number);
}

std::optional<Generation> Generation::parse(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return value;
    };
    const auto boot = number(text.substr(0, dash));
    const auto count = number(text.substr(dash + 1));
    if (!boot || !count) return std::nullopt;
    return Generation{*boot, *count};
}

}  // namespace lifeline::gateway
