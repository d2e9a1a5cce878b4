#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "metering/call_usage.h"

namespace lifeline::metering {

// A call's fold as text and back, for a view that is to go on where it was. The same fold is always
// the same text. Its reports are texts of their own: a fold that grew with each of them would be
// written ever more slowly.
struct CallUsageText {
    static std::string write(const CallUsage& usage);
    // storage_corrupt when it is no such text.
    static Result<CallUsage> read(std::string_view text, std::shared_ptr<const Meters> meters);

    // The report that this event is about; empty where it is about none.
    static std::string_view report_of(const contract::Event& event);
    static bool has_report(const CallUsage& usage, std::string_view report_id);
    static Status give_report(CallUsage& usage, std::string report_id, std::string_view text);
    // All that it has, by their ids; it has none then.
    static std::map<std::string, std::string> take_reports(CallUsage& usage);
};

}  // namespace lifeline::metering
