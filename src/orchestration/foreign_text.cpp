#include "orchestration/foreign_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <system_error>

#include "contract/limits.h"
#include "net/utf8.h"

namespace lifeline::orchestration {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view escaped_replacement = "\\ufffd";
constexpr std::size_t escape_bytes = 6;  // of \uXXXX

// The unit that begins with \uXXXX; nothing when it does not.
std::optional<unsigned> escaped_unit(std::string_view text) {
    if (!text.starts_with("\\u") || text.size() < escape_bytes) return std::nullopt;
    unsigned unit = 0;
    const char* const end = text.data() + escape_bytes;
    const auto [at, error] = std::from_chars(text.data() + 2, end, unit, 16);
    return error == std::errc() && at == end ? std::optional(unit) : std::nullopt;
}

bool is_high(unsigned unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low(unsigned unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

// Appends the escape that `text` begins with; returns its bytes.
std::size_t add_escape(std::string& out, std::string_view text) {
    const auto unit = escaped_unit(text);
    if (!unit) {
        out += text.substr(0, 2);
        return std::min<std::size_t>(2, text.size());
    }
    if (is_high(*unit)) {
        const auto next = escaped_unit(text.substr(escape_bytes));
        if (next && is_low(*next)) {
            out += text.substr(0, 2 * escape_bytes);
            return 2 * escape_bytes;
        }
    }
    const bool fits = *unit != 0 && !is_high(*unit) && !is_low(*unit);
    out += fits ? text.substr(0, escape_bytes) : escaped_replacement;
    return escape_bytes;
}

bool fits_contract(std::string_view number) {
    double value = 0;
    const auto [at, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error == std::errc::result_out_of_range) return false;
    if (error != std::errc() || at != number.data() + number.size()) return true;  // No number.
    const bool integer = number.find_first_of(".eE") == std::string_view::npos;
    return !integer || std::abs(value) <= static_cast<double>(contract::limits::integer_max);
}

}  // namespace

std::size_t character_bytes(std::string_view text) {
    for (std::size_t bytes = 1; bytes <= std::min<std::size_t>(4, text.size()); ++bytes) {
        net::Utf8Validator validator;
        if (!validator.feed(text.substr(0, bytes))) return 0;
        if (validator.complete()) return bytes;
    }
    return 0;
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    if (net::is_utf8(text)) return out.assign(text);
    while (!text.empty()) {
        const std::size_t bytes = character_bytes(text);
        out += bytes > 0 ? text.substr(0, bytes) : replacement;
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return out;
}

std::string tame_json(std::string_view json) {
    const std::string text = valid_utf8(json);
    std::string_view rest = text;
    std::string out;
    out.reserve(text.size());
    bool in_string = false;
    while (!rest.empty()) {
        const char c = rest.front();
        if (in_string && c == '\\') {
            rest.remove_prefix(add_escape(out, rest));
            continue;
        }
        if (!in_string && (c == '-' || (c >= '0' && c <= '9'))) {
            const std::string_view number =
                rest.substr(0, rest.find_first_not_of("+-.0123456789eE"));
            if (fits_contract(number))
                out += number;
            else
                out.append("\"").append(number).append("\"");
            rest.remove_prefix(number.size());
            continue;
        }
        if (c == '"') in_string = !in_string;
        out += c;
        rest.remove_prefix(1);
    }
    return out;
}

}  // namespace lifeline::orchestration
