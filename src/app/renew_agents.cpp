#include "app/renew_agents.h"

#include <algorithm>

#include "app/show_agents.h"

namespace lifeline::app {

namespace {

const AgentConfig* find_named(const std::vector<AgentConfig>& agents, const std::string& name) {
    const auto found = std::ranges::find_if(
        agents, [&](const AgentConfig& agent) { return agent.settings.name == name; });
    return found == agents.end() ? nullptr : &*found;
}

bool same(const AgentConfig& left, const AgentConfig& right) {
    return left.settings.persona == right.settings.persona && left.rules_json == right.rules_json &&
           std::ranges::equal(show_agent(left), show_agent(right), {}, &ShownSetting::value,
                              &ShownSetting::value);
}

// Calls know it by its user id, its gateway by a connection that is open.
bool may_take(const AgentConfig& from, const AgentConfig& to) {
    if (from.settings.user_id != to.settings.user_id || from.driver != to.driver) return false;
    return from.driver != "openclaw" ||
           (from.gateway_host == to.gateway_host && from.gateway_agent == to.gateway_agent &&
            from.key_file == to.key_file && from.key_env == to.key_env);
}

}  // namespace

AgentChanges take_agents(std::vector<AgentConfig>& agents, const std::vector<AgentConfig>& next) {
    AgentChanges changes;
    for (AgentConfig& agent : agents) {
        const std::string name = "agents." + agent.settings.name;
        const AgentConfig* to = find_named(next, agent.settings.name);
        if (to != nullptr && same(agent, *to)) continue;
        if (to == nullptr || !may_take(agent, *to)) {
            changes.needs_restart.push_back(name);
            continue;
        }
        agent = *to;
        changes.applied.push_back(name);
    }
    for (const AgentConfig& added : next)
        if (find_named(agents, added.settings.name) == nullptr)
            changes.needs_restart.push_back("agents." + added.settings.name);
    return changes;
}

}  // namespace lifeline::app
