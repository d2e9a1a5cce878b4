#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/pattern_program.h"

namespace lifeline::tools {

// A part of a pattern as it is written.
struct PatternNode {
    enum class Kind : std::uint8_t { one, sequence, alternatives, repetition };
    Kind kind = Kind::one;
    PatternOp op = PatternOp::set;     // one: a character, or a place
    std::uint32_t set = 0;             // one: of `sets`
    std::vector<std::uint32_t> parts;  // the others; of a repetition there is one
    int least = 0;
    int most = 0;  // below 0: no limit
};

struct PatternTree {
    std::vector<PatternNode> nodes;
    std::vector<CharacterSet> sets;
    std::uint32_t root = 0;
};

// `schema_invalid`, with what is wrong or what cannot be matched.
Result<PatternTree> read_pattern(std::string_view text);

}  // namespace lifeline::tools
