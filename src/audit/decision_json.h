#pragma once

#include "audit/decision.h"
#include "contract/json_writer.h"

namespace lifeline::audit {

// As REST and archives give it: what is empty is left out.
void write_decision(contract::JsonWriter& json, const Decision& decision);

}  // namespace lifeline::audit
