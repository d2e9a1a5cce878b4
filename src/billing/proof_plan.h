#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/window.h"

namespace lifeline::billing {

// Whether a proof has the card of what usage costs us, which is not for everybody who pays.
enum class CostCard : std::uint8_t { left_out, included };

// A month's statement, and where in the journal everything stands that it follows from: cards and
// who pays by them, usage records, closed hours, and what was booked. Folded from nothing but
// these, the same statement comes out. Of a closed one nothing that came later.
struct ProofPlan {
    std::string account_id;
    Month month;
    std::vector<std::uint64_t> positions;  // Ascending, each once.
    std::string statement_json;
    // Of the months that it has hours of, those whose statement is closed within it.
    std::vector<Month> closed = {};
};

}  // namespace lifeline::billing
