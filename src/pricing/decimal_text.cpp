#include "pricing/decimal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeline::pricing {

namespace {

constexpr int nano_digits = 9;
constexpr std::string_view narrow_space = "\u202F";
constexpr std::string_view minus = "\u2212";

// A point before the last `digits`.
std::string pointed(Int128 number, int digits) {
    const bool negative = number < 0;
    std::string text = to_text(negative ? -number : number);
    const auto least = static_cast<std::size_t>(digits) + 1;
    if (text.size() < least) text.insert(0, least - text.size(), '0');
    if (digits > 0) text.insert(text.size() - static_cast<std::size_t>(digits), ".");
    return negative ? "-" + text : text;
}

struct Span {
    std::int64_t ms;
    std::string_view abbreviated;
    std::string_view whole;
};
constexpr std::array<Span, 3> spans = {Span{3'600'000, "h", "hour"}, Span{60'000, "min", "minute"},
                                       Span{1'000, "s", "second"}};

std::string duration_text(std::int64_t ms) {
    std::string text;
    // Of the smallest number of 64 bits there is no positive one.
    Int128 left = ms < 0 ? -static_cast<Int128>(ms) : static_cast<Int128>(ms);
    for (const auto& [size, name, whole] : spans) {
        if (left < size) continue;
        const bool last = size == 1'000;
        const std::string number =
            last ? nano_text(left * 1'000'000) : grouped(to_text(left / size));
        text += fmt::format("{}{} {}", text.empty() ? "" : " ", number, name);
        left = last ? 0 : left % size;
    }
    if (left > 0 || text.empty()) text += fmt::format("{}{} ms", text.empty() ? "" : " ", left);
    return ms < 0 ? std::string(minus) + text : text;
}

}  // namespace

std::string nano_text(Int128 nano, int digits_min) {
    std::string text = pointed(nano, nano_digits);
    const std::size_t point = text.find('.');
    const std::size_t digits = text.find_last_not_of('0') - point;
    const auto least = static_cast<std::size_t>(digits_min);
    text.resize(point + 1 + std::max(digits, least));
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string minor_text(Int128 minor, int minor_digits) {
    return pointed(minor, minor_digits);
}

std::string grouped(std::string_view number) {
    const std::size_t begin = number.starts_with('-') ? 1 : 0;
    const std::size_t point = std::min(number.find('.'), number.size());
    std::string text(begin == 0 ? std::string_view() : minus);
    for (std::size_t at = begin; at < point; ++at) {
        if (at > begin && (point - at) % 3 == 0) text += narrow_space;
        text += number[at];
    }
    return text.append(number.substr(point));
}

std::string quantity_text(std::int64_t quantity, std::string_view unit) {
    if (unit == "ms") return duration_text(quantity);
    return fmt::format("{} {}", grouped(to_text(quantity)), unit);
}

std::string per_text(std::int64_t per, std::string_view unit) {
    if (unit == "ms")
        for (const auto& span : spans)
            if (span.ms == per) return std::string(span.whole);
    if (per == 1) return std::string(unit);
    return quantity_text(per, unit);
}

}  // namespace lifeline::pricing
