#pragma once

#include <string>

#include "base/result.h"

namespace lifeline::journal {

// A digest of all that a view's database says, however its pages lie: rows in order of their
// values, table by table. Two views of the same journal have the same. What a search index makes of
// its texts is left out, the texts are not.
Result<std::string> view_digest(const std::string& path);

}  // namespace lifeline::journal
