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

}  // namespace lifeline::pricing
