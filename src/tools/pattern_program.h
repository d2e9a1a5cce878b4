#pragma once

#include <cstdint>
#include <vector>

#include "tools/pattern.h"

namespace lifeline::tools {

struct CharacterRange {
    char32_t first = 0;
    char32_t last = 0;
};

struct CharacterSet {
    std::vector<CharacterRange> ranges;
    bool negated = false;

    bool has(char32_t c) const {
        for (const auto& range : ranges)
            if (c >= range.first && c <= range.last) return !negated;
        return negated;
    }
};

enum class PatternOp : std::uint8_t {
    set,          // takes a character of sets[x], goes on behind
    fork,         // goes on at x and at y
    begin,        // goes on behind, at the text's begin
    end,          // and at its end
    boundary,     // between a letter and none
    no_boundary,  // anywhere else
    found,
};

struct PatternInstruction {
    PatternOp op = PatternOp::found;
    std::uint32_t x = 0;
    std::uint32_t y = 0;
};

// What a pattern becomes: instructions of a machine that is at many places at once.
struct Pattern::Program {
    std::vector<PatternInstruction> code;
    std::vector<CharacterSet> sets;
};

}  // namespace lifeline::tools
