#pragma once

#include <vector>

#include "tools/schema_node.h"

namespace lifeline::tools {

// Whether a schema is itself without looking into the value: {"$ref": "#"}. It would say nothing
// and never end. One that leads back to itself through a member or an item is fine: values end.
bool leads_to_itself(const std::vector<SchemaNode>& nodes);

}  // namespace lifeline::tools
