#include "agent/offers.h"

#include <algorithm>

#include "agent/own_tools.h"

namespace lifeline::agent {

std::vector<ToolOffer> offers_to(const AgentSettings& settings, const tools::Registry& registry) {
    std::vector<ToolOffer> offers = own_tools::offers();
    for (const tools::Tool& tool : registry.tools()) {
        if (!tool.requesters.has(contract::Role::agent)) continue;
        if (!settings.all_tools &&
            std::ranges::find(settings.tools, tool.name) == settings.tools.end())
            continue;
        offers.push_back({tool.name, tool.description, tool.schema_json});
    }
    return offers;
}

}  // namespace lifeline::agent
