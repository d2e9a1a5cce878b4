#include "contract/canonical.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "base/check.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::contract {
namespace {

// Keys compare by UTF-16 units, as RFC 8785 has it: UTF-8 compares the same, except that
// characters beyond U+FFFF (first byte F0 and up) come before U+E000 to U+FFFF (EE and EF).
bool utf16_less(std::string_view left, std::string_view right) {
    const auto [l, r] = std::ranges::mismatch(left, right);
    if (l == left.end() || r == right.end()) return left.size() < right.size();
    const auto a = static_cast<unsigned char>(*l), b = static_cast<unsigned char>(*r);
    if (a >= 0xEE && b >= 0xEE && (a >= 0xF0) != (b >= 0xF0)) return a >= 0xF0;
    return a < b;
}

void append(std::string& out, const Json& json) {
    switch (json.kind()) {
        case Json::Kind::null:
            out += "null";
            return;
        case Json::Kind::boolean:
            out += *json.as_bool() ? "true" : "false";
            return;
        case Json::Kind::number:
            if (const auto integer = json.as_integer()) {
                out += fmt::format("{}", *integer);
            } else {
                out += canonical_number(*json.as_number());
            }
            return;
        case Json::Kind::text:
            append_json_string(out, *json.as_text());
            return;
        case Json::Kind::array: {
            char before = '[';
            for (const Json& item : json.items()) {
                out += std::exchange(before, ',');
                append(out, item);
            }
            out += before == '[' ? "[]" : "]";
            return;
        }
        case Json::Kind::object: {
            auto members = json.members();
            std::ranges::sort(members, utf16_less, &Json::Member::key);
            char before = '{';
            for (const auto& member : members) {
                out += std::exchange(before, ',');
                append_json_string(out, member.key);
                out += ':';
                append(out, member.value);
            }
            out += before == '{' ? "{}" : "}";
            return;
        }
    }
}

}  // namespace

std::string canonical_json(std::string_view json) {
    const auto parsed = Json::parse(json);
    CHECK(parsed);
    std::string out;
    out.reserve(json.size());
    append(out, *parsed);
    return out;
}

std::string canonical_json(const Json& json) {
    std::string out;
    append(out, json);
    return out;
}

std::string canonical_number(double number) {
    CHECK(std::isfinite(number));
    if (number == 0) return "0";
    std::array<char, 32> buffer;
    const auto end =
        std::to_chars(buffer.begin(), buffer.end(), std::abs(number), std::chars_format::scientific)
            .ptr;
    const std::string_view scientific(buffer.begin(), end);
    const std::size_t mark = scientific.find('e');
    std::string digits(scientific.substr(0, 1));
    if (mark > 1) digits += scientific.substr(2, mark - 2);
    const std::size_t power = mark + (scientific[mark + 1] == '+' ? 2 : 1);
    int exponent = 0;
    std::from_chars(scientific.begin() + power, scientific.end(), exponent);

    // ECMAScript's Number::toString: n is where the decimal point stands after the first digit.
    const int count = static_cast<int>(digits.size()), n = exponent + 1;
    std::string text;
    if (count <= n && n <= 21) {
        text = digits + std::string(static_cast<std::size_t>(n - count), '0');
    } else if (0 < n && n <= 21) {
        text = digits.substr(0, static_cast<std::size_t>(n)) + "." +
               digits.substr(static_cast<std::size_t>(n));
    } else if (-6 < n && n <= 0) {
        text = "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
    } else {
        text = digits.substr(0, 1) + (count > 1 ? "." + digits.substr(1) : "") +
               fmt::format("e{}{}", exponent < 0 ? "-" : "+", std::abs(exponent));
    }
    return (number < 0 ? "-" : "") + text;
}

}  // namespace lifeline::contract
