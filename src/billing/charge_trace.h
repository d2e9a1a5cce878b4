#pragma once

#include <string>
#include <vector>

#include "base/window.h"
#include "billing/charge_query.h"

namespace lifeline::billing {

// A charge or an adjustment, and what leads to and from it.
struct ChargeTrace {
    EntryRow entry;
    std::string meter;
    Window window;
    std::string card_json = {};                // The version that priced it; empty: not known.
    std::vector<std::string> record_ids = {};  // The usage records in it.
    std::vector<EntryRow> adjustments = {};    // Of it.
};

}  // namespace lifeline::billing
