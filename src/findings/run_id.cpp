#include "findings/run_id.h"

#include <fmt/format.h>

namespace lifeline::findings {

namespace {

constexpr std::string_view prefix = "rr_";
constexpr std::size_t hour_digits = 10;

std::string digits_of(Window window) {
    const std::string text = text_of(window);  // 2026-02-16T10:00Z
    return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2) + text.substr(11, 2);
}

std::optional<Window> hour_of(std::string_view digits) {
    if (digits.size() != hour_digits) return std::nullopt;
    return parse_window(fmt::format("{}-{}-{}T{}:00Z", digits.substr(0, 4), digits.substr(4, 2),
                                    digits.substr(6, 2), digits.substr(8, 2)));
}

}  // namespace

std::string run_id(const Span& span, std::string_view digest_hex) {
    return fmt::format("{}{}_{}_{}", prefix, digits_of(span.first), digits_of(span.last),
                       digest_hex.substr(0, 20));
}

std::optional<Span> span_of(std::string_view run_id) {
    if (!run_id.starts_with(prefix)) return std::nullopt;
    run_id.remove_prefix(prefix.size());
    if (run_id.size() < 2 * hour_digits + 3 || run_id[hour_digits] != '_' ||
        run_id[2 * hour_digits + 1] != '_')
        return std::nullopt;
    const auto first = hour_of(run_id.substr(0, hour_digits));
    const auto last = hour_of(run_id.substr(hour_digits + 1, hour_digits));
    if (!first || !last || *last < *first) return std::nullopt;
    return Span{*first, *last};
}

}  // namespace lifeline::findings
