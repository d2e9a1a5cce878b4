#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/verify.h"
#include "base/result.h"
#include "contract/json_writer.h"
#include "proof/verify.h"

// How `lifeline verify` says what it found in a file. `heads`: some were given that others kept.
namespace lifeline::app {

std::string as_json(const archive::Report& report, bool heads);
std::string as_text(const archive::Report& report, bool heads);
std::string as_json(const proof::Report& report, bool heads);
std::string as_text(const proof::Report& report, bool heads);

// What a file says of itself, which a stranger may have written: in one line, and harmless to a
// terminal.
std::string one_line(std::string_view text);

void write_problems(contract::JsonWriter& json, const std::vector<Error>& problems);

}  // namespace lifeline::app
