#pragma once

#include <optional>

#include "agent/spend.h"
#include "contract/event.h"

namespace lifeline::agent {

// What a billing.usage.measured of ours says; nothing for other meters.
std::optional<Ledger::Record> usage_record(const contract::Event& event);

}  // namespace lifeline::agent
