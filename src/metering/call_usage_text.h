#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "metering/call_usage.h"

namespace lifeline::metering {

// A call's fold as text and back, for a view that is to go on where it was. The same fold is always
// the same text.
struct CallUsageText {
    static std::string write(const CallUsage& usage);
    // storage_corrupt when it is no such text.
    static Result<CallUsage> read(std::string_view text, std::shared_ptr<const Meters> meters);
};

}  // namespace lifeline::metering
