#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lifeline::app {

// Every event of the instance's stream in a data folder, in order. Nothing is locked or written, so
// it can be read beside a running server too; the journal is read through, so a long one takes a
// while. journal_missing where there is none.
Status read_instance(
    const std::string& folder,
    const std::function<Status(std::string_view type, std::string_view payload_json)>& each);

}  // namespace lifeline::app
