#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tools/pattern_program.h"

namespace lifeline::tools {

// A pattern while it is read from left to right; its first fault is kept.
class PatternText {
public:
    explicit PatternText(std::string_view text) : text_(text) {}

    bool done() const { return at_ >= text_.size(); }
    bool sees(char c) const { return !done() && text_[at_] == c; }
    bool take(char c) { return sees(c) && ++at_ > 0; }
    bool take(std::string_view what);
    char32_t next();  // the next character; there must be one
    // {2}, {2,} (then the second is below 0) or {2,5}; else nothing is taken.
    std::optional<std::pair<int, int>> take_counts();

    void refuse(std::string_view what);
    std::string_view fault() const { return fault_; }

private:
    std::optional<int> take_number();

    std::string_view text_;
    std::size_t at_ = 0;
    std::string fault_;
};

// The character that begins at `at`, which moves behind it. The text is known to be UTF-8.
char32_t next_character(std::string_view text, std::size_t& at);

// One character as it is written outside brackets: itself, `.`, or an escape such as \d.
std::optional<CharacterSet> read_character(PatternText& in);
// What follows a [, up to its ].
std::optional<CharacterSet> read_brackets(PatternText& in);

}  // namespace lifeline::tools
