#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"
#include "tools/budget.h"
#include "tools/schema_node.h"

namespace lifeline::tools {

// One value held against one schema, from the outside in. The first fault is kept, with its pointer
// into the value and words that a model can act on.
class SchemaCheck {
public:
    explicit SchemaCheck(const std::vector<SchemaNode>& nodes) : nodes_(nodes) {}

    Result<void> run(const contract::Json& value);

private:
    using Json = contract::Json;
    using Index = SchemaNode::Index;

    // Each is true, or keeps a fault.
    bool value(Index schema, const Json& value, int depth);
    bool type(const SchemaNode& node, const Json& value);
    bool values(const SchemaNode& node, const Json& value);
    bool number(const SchemaNode& node, double number);
    bool text(const SchemaNode& node, std::string_view text);
    bool array(const SchemaNode& node, const Json& value, int depth);
    bool contained(const SchemaNode& node, const std::vector<Json>& items, int depth);
    bool unique(const std::vector<Json>& items);
    bool object(const SchemaNode& node, const Json& value, int depth);
    bool member(const SchemaNode& node, const Json::Member& member, int depth);
    bool other_member(const SchemaNode& node, const Json::Member& member, int depth);
    bool needs(const std::vector<std::string>& names, const Json& value, std::string_view why);
    bool combined(const SchemaNode& node, const Json& value, int depth);
    bool alternatives(const SchemaNode& node, const Json& value, int depth);
    bool tried(Index schema, const Json& inner, int depth);  // keeps no fault

    bool fault(std::string detail);
    bool fault_in(std::string_view key);  // puts a step before the pointer of the fault
    bool fault_in(std::size_t position);
    bool spend(std::size_t steps);

    const std::vector<SchemaNode>& nodes_;
    Budget budget_;
    bool too_deep_ = false;
    std::string detail_;
    std::string pointer_;
};

}  // namespace lifeline::tools
