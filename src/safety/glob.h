#pragma once

#include <string_view>

namespace lifeline::safety {

// Whether all of `text` is what `glob` says: `*` stands for any characters, `?` for one byte, all
// else for itself. Without recursion, and never longer than their lengths' product.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace lifeline::safety
