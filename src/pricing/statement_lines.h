#pragma once

#include <vector>

#include "base/result.h"
#include "pricing/statement.h"

// The lines of a statement before they are settled; part of compose().
namespace lifeline::pricing {

// A line for each item that was used, by name, with what was for which price.
Result<std::vector<StatementLine>> usage_lines(const StatementInput& input, const CardBook& book);
// A line for each adjustment, by the hour of its service.
Result<std::vector<StatementLine>> adjustment_lines(const StatementInput& input,
                                                    const std::vector<StatementLine>& usage);
// A line for each item that comes to less than its minimum: what is booked for it, and where
// nothing is yet, what will be once the month is over.
Result<std::vector<StatementLine>> minimum_lines(Month month,
                                                 const std::vector<StatementLine>& usage,
                                                 const std::vector<StatementLine>& adjustments,
                                                 const CardBook& book);

}  // namespace lifeline::pricing
