#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "tools/budget.h"

namespace lifeline::tools {

// A regular expression of JSON Schema (ECMA-262), matched by following all its possibilities at
// once: the time is the text's length times the pattern's, whatever either is, and nothing
// recurses. A backtracking matcher takes years over `^(a+)+$` and forty letters. Look-around, back
// references and \p{...} cannot be matched so and are refused, as is what grows beyond
// `pattern_size_max`.
class Pattern {
public:
    static Result<Pattern> compile(std::string_view text);  // `schema_invalid`

    // Anywhere in `text`, which is UTF-8. False also when the budget does not reach.
    bool found_in(std::string_view text, Budget& budget) const;

private:
    struct Program;
    explicit Pattern(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const Program> program_;
};

inline constexpr std::size_t pattern_bytes_max = 1'024;
inline constexpr std::size_t pattern_size_max = 4'000;  // instructions, repetitions written out

}  // namespace lifeline::tools
