#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/json.h"

namespace lifeline::orchestration {

using JsonMembers = std::vector<std::pair<std::string_view, contract::Json>>;

// An object of these members that has at most `bytes_max` bytes, with "truncated": true when
// something had to be left out: members in order, texts and lists cut, and nothing that is nested
// deeper than an event could hold.
std::string fit_members(const JsonMembers& members, std::size_t bytes_max);

// The value as JSON, cut without a note when it is larger.
std::string json_text(const contract::Json& value, std::size_t bytes_max);

// `text` as a JSON string of at most `bytes_max` bytes with its quotes; whether it was cut.
bool append_cut_string(std::string& out, std::string_view text, std::size_t bytes_max);

}  // namespace lifeline::orchestration
