#include "tools/schema_circles.h"

#include <utility>

namespace lifeline::tools {

namespace {

using Index = SchemaNode::Index;

// The schemas that are asked of the same value.
std::vector<Index> in_place(const SchemaNode& node) {
    std::vector<Index> out;
    for (const auto* list : {&node.all_of, &node.any_of, &node.one_of})
        out.insert(out.end(), list->begin(), list->end());
    for (const auto& one : {node.not_, node.if_, node.then_, node.else_, node.ref})
        if (one) out.push_back(*one);
    for (const auto& [name, schema] : node.schema_with) out.push_back(schema);
    return out;
}

}  // namespace

bool leads_to_itself(const std::vector<SchemaNode>& nodes) {
    enum class Mark : std::uint8_t { fresh, open, done };
    std::vector<Mark> marks(nodes.size(), Mark::fresh);
    std::vector<std::pair<Index, bool>> stack;  // with: whether all below it was looked at
    for (Index start = 0; start < nodes.size(); ++start) {
        stack.emplace_back(start, false);
        while (!stack.empty()) {
            const auto [node, leaving] = stack.back();
            stack.pop_back();
            if (leaving) marks[node] = Mark::done;
            if (marks[node] != Mark::fresh) continue;
            marks[node] = Mark::open;
            stack.emplace_back(node, true);
            for (const Index next : in_place(nodes[node])) {
                if (marks[next] == Mark::open) return true;
                if (marks[next] == Mark::fresh) stack.emplace_back(next, false);
            }
        }
    }
    return false;
}

}  // namespace lifeline::tools
