#include "tools/schema.h"

#include "tools/schema_check.h"

namespace lifeline::tools {

Result<void> Schema::check(const contract::Json& value) const {
    return SchemaCheck(content_->nodes).run(value);
}

}  // namespace lifeline::tools
