#pragma once

#include <vector>

#include "journal/journal.h"

namespace lifeline::journal {

// What every journal refuses alike, before anything is written.
Status check_name(const std::string& stream);
// How many bytes the batch's events have, if it may be appended.
Result<std::size_t> check_batch(const std::vector<Draft>& batch);

}  // namespace lifeline::journal
