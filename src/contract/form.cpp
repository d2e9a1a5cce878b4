#include "contract/form.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace lifeline::contract {
namespace {

// Which forms a byte may stand in; one look-up a byte.
enum Class : std::uint8_t {
    identifier = 1,   // A-Za-z0-9_.:-
    name = 2,         // A-Za-z0-9_.:/-
    hexadecimal = 4,  // 0-9a-f
    digit = 8,
    key = 16,      // 0-9A-D*#x
    lower = 32,    // a-z0-9_
    alnum = 64,    // A-Za-z0-9
    letter = 128,  // A-Za-z
};

constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    const auto mark = [&](std::string_view bytes, unsigned flags) {
        for (char c : bytes) {
            auto& entry = table[static_cast<unsigned char>(c)];
            entry = static_cast<std::uint8_t>(entry | flags);
        }
    };
    mark("0123456789", identifier | name | hexadecimal | digit | key | lower | alnum);
    mark("abcdefghijklmnopqrstuvwxyz", identifier | name | lower | alnum | letter);
    mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", identifier | name | alnum | letter);
    mark("_.:-", identifier | name);
    mark("/", name);
    mark("_", lower);
    mark("abcdef", hexadecimal);
    mark("ABCD*#x", key);
    return table;
}();

bool is(char c, Class what) {
    return (classes[static_cast<unsigned char>(c)] & what) != 0;
}

// All of them, and as many as allowed. Without a branch a byte: identifiers are nearly always
// right.
bool all(std::string_view text, Class what, std::size_t least, std::size_t most) {
    if (text.size() < least || text.size() > most) return false;
    unsigned common = what;
    for (char c : text) common &= classes[static_cast<unsigned char>(c)];
    return common != 0;
}

bool prefixed(std::string_view text, std::string_view prefix) {
    return text.size() <= 64 && text.starts_with(prefix) &&
           all(text.substr(prefix.size()), identifier, 1, 64 - prefix.size());
}

int number(std::string_view digits) {
    int value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    return value;
}

// `shape` with digits where it has '0', and its own characters elsewhere.
bool shaped(std::string_view text, std::string_view shape) {
    if (text.size() != shape.size()) return false;
    bool fits = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        fits &= shape[i] == '0' ? is(text[i], digit) : text[i] == shape[i];
    }
    return fits;
}

int days_in(int year, int month) {
    static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

// The form of digits, and a day that the calendar has.
bool timestamp(std::string_view text) {
    if (!shaped(text, "0000-00-00T00:00:00.000Z")) return false;
    const int month = number(text.substr(5, 2));
    if (month < 1 || month > 12) return false;
    const int day = number(text.substr(8, 2));
    return day >= 1 && day <= days_in(number(text.substr(0, 4)), month) &&
           number(text.substr(11, 2)) < 24 && number(text.substr(14, 2)) < 60 &&
           number(text.substr(17, 2)) < 60;
}

bool window(std::string_view text) {
    if (!shaped(text, "0000-00-00T00:00Z")) return false;
    const int month = number(text.substr(5, 2));
    const int day = number(text.substr(8, 2));
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 && number(text.substr(11, 2)) < 24 &&
           text.substr(14, 2) == "00";
}

// 0, or digits without a leading zero, perhaps negative.
bool decimal(std::string_view text, std::size_t digits_max) {
    if (text == "0") return true;
    if (text.starts_with('-')) text.remove_prefix(1);
    return all(text, digit, 1, digits_max) && text.front() != '0';
}

bool language(std::string_view text) {
    std::size_t part = 0;
    for (;; ++part) {
        const std::size_t end = std::min(text.find('-'), text.size());
        const std::string_view subtag = text.substr(0, end);
        if (part == 0 ? !all(subtag, letter, 2, 3) : !all(subtag, alnum, 2, 8)) return false;
        if (end == text.size()) return part <= 4;
        text.remove_prefix(end + 1);
    }
}

bool json_pointer(std::string_view text) {
    if (!text.empty() && text.front() != '/') return false;
    for (std::size_t at = text.find('~'); at != std::string_view::npos;
         at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
    }
    return true;
}

}  // namespace

bool matches(Form form, std::string_view text) {
    switch (form) {
        case Form::none:
            return true;
        case Form::event_id:
            return all(text, identifier, 1, 64);
        case Form::stream:
            return prefixed(text, "sess_") || prefixed(text, "doc_") || prefixed(text, "acct_") ||
                   prefixed(text, "sys_");
        case Form::call_id:
            return prefixed(text, "sess_");
        case Form::document_id:
            return prefixed(text, "doc_");
        case Form::account_id:
            return prefixed(text, "acct_");
        case Form::id:
            return all(text, identifier, 1, 128);
        case Form::timestamp:
            return timestamp(text);
        case Form::word:
            return all(text, name, 1, 64) && is(text.front(), alnum);
        case Form::sha256:
            return all(text, hexadecimal, 64, 64);
        case Form::quantity:
            return decimal(text, 19);
        case Form::amount:
            return decimal(text, 38);
        case Form::currency:
            return text.size() == 3 &&
                   std::ranges::all_of(text, [](char c) { return is(c, letter) && !is(c, lower); });
        case Form::language:
            return language(text);
        case Form::window:
            return window(text);
        case Form::json_pointer:
            return json_pointer(text);
        case Form::digits:
            return all(text, key, 1, 32);
        case Form::code:
            return all(text, lower, 1, 64) && is(text.front(), letter);
    }
    return false;
}

}  // namespace lifeline::contract
