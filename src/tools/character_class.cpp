#include "tools/character_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace lifeline::tools {

namespace {

constexpr char32_t last_character = 0x10FFFF;

using Ranges = std::vector<CharacterRange>;

const Ranges digits = {{'0', '9'}};
const Ranges words = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
const Ranges spaces = {{'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680},
                       {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                       {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
const Ranges line_ends = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

// All characters that are in none of them; they are in order.
Ranges without(const Ranges& ranges) {
    Ranges out;
    char32_t from = 0;
    for (const auto& range : ranges) {
        if (range.first > from) out.push_back({from, range.first - 1});
        from = range.last + 1;
    }
    out.push_back({from, last_character});
    return out;
}

std::optional<char32_t> hexadecimal(PatternText& in, int count) {
    char32_t value = 0;
    for (int i = 0; i < count; ++i) {
        if (in.done()) return std::nullopt;
        const char32_t c = in.next();
        const bool digit = c >= '0' && c <= '9';
        const char32_t lower = c | 0x20U;
        if (!digit && (lower < 'a' || lower > 'f')) return std::nullopt;
        value = value * 16 + (digit ? c - '0' : lower - 'a' + 10);
    }
    return value;
}

// \x41, \u0041, \u{1F600} and pairs of surrogates, of which the letter was read.
std::optional<char32_t> by_number(PatternText& in, char32_t letter) {
    if (letter == 'x') return hexadecimal(in, 2);
    if (in.take('{')) {
        char32_t value = 0;
        for (int i = 0; i < 6 && !in.sees('}'); ++i) {
            const auto digit = hexadecimal(in, 1);
            if (!digit) return std::nullopt;
            value = value * 16 + *digit;
        }
        return in.take('}') && value <= last_character ? std::optional(value) : std::nullopt;
    }
    const auto high = hexadecimal(in, 4);
    if (!high || *high < 0xD800 || *high > 0xDBFF) return high;
    if (!in.take("\\u")) return std::nullopt;
    const auto low = hexadecimal(in, 4);
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
    return 0x10000 + ((*high - 0xD800) << 10U) + (*low - 0xDC00);
}

std::optional<Ranges> one(std::optional<char32_t> character, PatternText& in) {
    if (character) return Ranges{{*character, *character}};
    in.refuse("an escaped character has no valid number");
    return std::nullopt;
}

// What a \ begins, which was read.
std::optional<Ranges> escape(PatternText& in) {
    if (in.done()) {
        in.refuse("it ends with a \\");
        return std::nullopt;
    }
    const char32_t c = in.next();
    switch (c) {
        case 'd':
            return digits;
        case 'D':
            return without(digits);
        case 'w':
            return words;
        case 'W':
            return without(words);
        case 's':
            return spaces;
        case 'S':
            return without(spaces);
        case 't':
            return one('\t', in);
        case 'n':
            return one('\n', in);
        case 'r':
            return one('\r', in);
        case 'f':
            return one('\f', in);
        case 'v':
            return one('\v', in);
        case '0':
            return one(0, in);
        case 'x':
        case 'u':
            return one(by_number(in, c), in);
        default:
            break;
    }
    // Letters and digits mean something, or will: \1 and \k refer back, \p asks for Unicode's
    // tables.
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter) return one(c, in);
    in.refuse(fmt::format("\\{} cannot be matched", static_cast<char>(c)));
    return std::nullopt;
}

// One element of [...]: a character, or the several of \d.
std::optional<Ranges> element(PatternText& in) {
    if (in.done()) {
        in.refuse("a [ is not closed");
        return std::nullopt;
    }
    if (in.take("\\b")) return one('\b', in);
    if (in.take('\\')) return escape(in);
    return one(in.next(), in);
}

bool single(const Ranges& ranges) {
    return ranges.size() == 1 && ranges.front().first == ranges.front().last;
}

}  // namespace

bool PatternText::take(std::string_view what) {
    if (!text_.substr(std::min(at_, text_.size())).starts_with(what)) return false;
    at_ += what.size();
    return true;
}

char32_t PatternText::next() {
    const char32_t character = next_character(text_, at_);
    at_ = std::min(at_, text_.size());  // A text that is cut inside a character is at its end.
    return character;
}

void PatternText::refuse(std::string_view what) {
    if (fault_.empty()) fault_ = fmt::format("the pattern is not usable: {}", what);
}

std::optional<int> PatternText::take_number() {
    int value = 0;
    const char* end = text_.data() + text_.size();
    const auto [behind, error] = std::from_chars(text_.data() + at_, end, value);
    if (error != std::errc{} || value < 0) return std::nullopt;
    at_ = static_cast<std::size_t>(behind - text_.data());
    return value;
}

std::optional<std::pair<int, int>> PatternText::take_counts() {
    const std::size_t start = at_;
    if (take('{')) {
        if (const auto least = take_number()) {
            if (take('}')) return std::pair(*least, *least);
            if (take(",}")) return std::pair(*least, -1);
            if (take(',')) {
                const auto most = take_number();
                if (most && take('}')) return std::pair(*least, *most);
            }
        }
    }
    at_ = start;
    return std::nullopt;
}

char32_t next_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const char32_t first = byte(at);
    const std::size_t more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    char32_t character = more == 0 ? first : first & (0x3FU >> more);
    for (std::size_t i = 1; i <= more; ++i) character = (character << 6U) | (byte(at + i) & 0x3FU);
    at += 1 + more;
    return character;
}

std::optional<CharacterSet> read_character(PatternText& in) {
    if (in.take('.')) return CharacterSet{line_ends, true};
    auto ranges = in.take('\\') ? escape(in) : one(in.next(), in);
    if (!ranges) return std::nullopt;
    return CharacterSet{*std::move(ranges), false};
}

std::optional<CharacterSet> read_brackets(PatternText& in) {
    CharacterSet set;
    set.negated = in.take('^');
    while (!in.take(']')) {
        auto low = element(in);
        if (!low) return std::nullopt;
        // A - between two single characters makes a range; anywhere else it is itself.
        if (in.sees('-') && single(*low)) {
            in.next();
            if (in.sees(']')) {
                low->push_back({'-', '-'});
            } else {
                const auto high = element(in);
                if (!high) return std::nullopt;
                if (!single(*high) || high->front().first < low->front().first) {
                    in.refuse("a range in [] is out of order");
                    return std::nullopt;
                }
                low->front().last = high->front().last;
            }
        }
        set.ranges.insert(set.ranges.end(), low->begin(), low->end());
    }
    return set;
}

}  // namespace lifeline::tools
