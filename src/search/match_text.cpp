#include "search/match_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeline::search {

namespace {

std::unexpected<Error> invalid(std::string detail) {
    return fail(Code::malformed, "query_invalid", std::move(detail), "/q");
}

bool is_space(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
}

// Something that the index has words of: a letter or digit, or whatever is not ASCII.
bool has_a_word(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

}  // namespace

Result<std::string> match_text(std::string_view typed) {
    if (typed.size() > typed_bytes_max)
        return invalid(fmt::format("q is longer than {} bytes", typed_bytes_max));
    std::string match;
    std::size_t words = 0;
    for (std::size_t at = 0; at < typed.size();) {
        if (is_space(typed[at])) {
            ++at;
            continue;
        }
        std::string_view text;
        bool begins_so = false;
        if (typed[at] == '"') {
            const std::size_t end = typed.find('"', at + 1);
            if (end == std::string_view::npos) return invalid("a quotation mark is not closed");
            text = typed.substr(at + 1, end - at - 1);
            at = end + 1;
        } else {
            const std::size_t begin = at;
            while (at < typed.size() && !is_space(typed[at]) && typed[at] != '"') ++at;
            text = typed.substr(begin, at - begin);
            begins_so = text.ends_with('*');
            while (text.ends_with('*')) text.remove_suffix(1);
        }
        if (!has_a_word(text)) continue;
        if (++words > typed_words_max)
            return invalid(fmt::format("q has more than {} words", typed_words_max));
        std::string literal(text);
        std::ranges::replace_if(literal, is_space, ' ');
        match +=
            fmt::format("{}\"{}\"{}", match.empty() ? "" : " ", literal, begins_so ? " *" : "");
    }
    if (match.empty()) return invalid("q has no word to look for");
    return match;
}

}  // namespace lifeline::search
