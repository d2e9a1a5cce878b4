#include "contract/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "contract/limits.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | (point >> 6));
        put(0x80 | (point & 0x3F));
    } else if (point < 0x1'0000) {
        put(0xE0 | (point >> 12));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | (point >> 18));
        put(0x80 | ((point >> 12) & 0x3F));
        put(0x80 | ((point >> 6) & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

// The four hexadecimal digits after "\u" at `at`; false when they are not there.
bool read_unit(std::string_view inner, std::size_t at, std::uint32_t& unit) {
    if (inner.size() < at + 4) return false;
    const char* first = inner.data() + at;
    const auto [end, error] = std::from_chars(first, first + 4, unit, 16);
    return error == std::errc() && end == first + 4 && first[0] != '-';
}

// `at` is behind "\u" and is moved behind what was read.
std::string_view unescape_unicode(std::string_view inner, std::size_t& at, std::string& out) {
    std::uint32_t point = 0;
    if (!read_unit(inner, at, point)) return reason::json_invalid;
    at += 4;
    if (point == 0) return reason::nul_character;
    if (point >= 0xDC00 && point <= 0xDFFF) return reason::lone_surrogate;
    if (point >= 0xD800 && point <= 0xDBFF) {
        std::uint32_t low = 0;
        if (inner.substr(at, 2) != "\\u" || !read_unit(inner, at + 2, low) || low < 0xDC00 ||
            low > 0xDFFF) {
            return reason::lone_surrogate;
        }
        at += 6;
        point = 0x1'0000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, point);
    return {};
}

// The length of the longest prefix that the grammar of JSON numbers allows; 0 for none.
std::size_t number_length(std::string_view raw, bool& literal_integer) {
    std::size_t at = raw.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t before = at;
        while (at < raw.size() && is_digit(raw[at])) ++at;
        return at - before;
    };
    const bool zero = at < raw.size() && raw[at] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return 0;
    literal_integer = true;
    if (at < raw.size() && raw[at] == '.') {
        literal_integer = false;
        ++at;
        if (digits() == 0) return 0;
    }
    if (at < raw.size() && (raw[at] == 'e' || raw[at] == 'E')) {
        literal_integer = false;
        ++at;
        if (at < raw.size() && (raw[at] == '+' || raw[at] == '-')) ++at;
        if (digits() == 0) return 0;
    }
    return at;
}

Number parse_integer(std::string_view raw) {
    Number number;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number.integer);
    if (error != std::errc() || number.integer > limits::integer_max ||
        number.integer < -limits::integer_max) {
        return {.fault = reason::number_out_of_range};
    }
    number.whole = true;
    number.value = static_cast<double>(number.integer);
    return number;
}

Number parse_double(std::string_view raw) {
    Number number;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number.value);
    if (error != std::errc()) {
        // Too large or too small: only strtod says which.
        number.value = std::strtod(std::string(raw).c_str(), nullptr);
    }
    if (!std::isfinite(number.value)) return {.fault = reason::number_out_of_range};
    if (std::trunc(number.value) == number.value &&
        std::abs(number.value) <= static_cast<double>(limits::integer_max)) {
        number.whole = true;
        number.integer = static_cast<std::int64_t>(number.value);
    }
    return number;
}

// The usual case at a glance: a few digits and nothing else.
std::int64_t plain_digits(std::string_view raw) {
    if (raw.empty() || raw.size() > 15 || (raw.front() == '0' && raw.size() > 1)) return -1;
    std::int64_t value = 0;
    for (char c : raw) {
        if (!is_digit(c)) return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

}  // namespace

std::string_view unescape(std::string_view inner, std::string& out) {
    std::size_t at = 0;
    while (at < inner.size()) {
        const std::size_t escape = std::min(inner.find('\\', at), inner.size());
        out.append(inner, at, escape - at);
        if (escape == inner.size()) break;
        if (escape + 1 == inner.size()) return reason::json_invalid;
        at = escape + 2;
        switch (inner[escape + 1]) {
            case '"':
            case '\\':
            case '/':
                out += inner[escape + 1];
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'u':
                if (auto fault = unescape_unicode(inner, at, out); !fault.empty()) return fault;
                break;
            default:
                return reason::json_invalid;
        }
    }
    return {};
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Number parse_number(std::string_view raw) {
    if (const std::int64_t value = plain_digits(raw); value >= 0) {
        return {.whole = true, .integer = value, .value = static_cast<double>(value)};
    }
    bool literal_integer = false;
    if (raw.empty() || number_length(raw, literal_integer) != raw.size()) {
        return {.fault = reason::json_invalid};
    }
    return literal_integer ? parse_integer(raw) : parse_double(raw);
}

}  // namespace lifeline::contract
