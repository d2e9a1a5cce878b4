#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lifeline::app {

// The rows of a statement, as POST .../imports takes them: from a CSV whose first line names its
// columns (window, item, quantity, and if wanted amount and currency, in any order; others are
// passed over), or from JSON ([...], or {"rows": [...]}). Each is a JSON object.
Result<std::vector<std::string>> statement_rows(std::string_view bytes);

}  // namespace lifeline::app
