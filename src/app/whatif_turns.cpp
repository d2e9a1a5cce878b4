#include "app/whatif_turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "agent/offers.h"
#include "app/agents.h"
#include "app/known_tools.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "base/thread_worker.h"
#include "tools/registry.h"

namespace lifeline::app {

namespace {

// What is configured now; and of what was asked for then and stands nowhere now, the name. A tool
// of an MCP server is such a one: to ask the server would be a connection.
Result<std::vector<agent::ToolOffer>> offers_for(const Config& config, const AgentConfig& agent,
                                                 const std::vector<rerun::RecordedTurn>& turns) {
    const auto registry = tools::Registry::create(standing_tools(config));
    if (!registry) return fail(registry.error());
    auto offers = agent::offers_to(agent.settings, *registry);
    const auto allowed = [&](const std::string& name) {
        const auto& names = agent.settings.tools;
        return agent.settings.all_tools || std::ranges::find(names, name) != names.end();
    };
    for (const rerun::RecordedTurn& turn : turns)
        for (const rerun::RecordedCall& call : turn.calls)
            if (registry->find(call.type) == nullptr && allowed(call.type) &&
                std::ranges::find(offers, call.type, &agent::ToolOffer::name) == offers.end())
                offers.push_back({.name = call.type});
    return offers;
}

}  // namespace

Result<AgentConfig> agent_to_ask(const Config& config, const std::string& name) {
    const auto unusable = [](std::string why) {
        return fail(Code::malformed, "config_invalid", std::move(why));
    };
    std::optional<AgentConfig> found;
    for (const AgentConfig& one : config.agents)
        if (one.settings.name == name) found = one;
    if (!found && name == "scripted") {
        found.emplace();
        found->settings.name = name;
        found->driver = name;
    }
    if (!found)
        return unusable(
            fmt::format("there is no [agents.{}]: name one of the configuration "
                        "(--config), or scripted",
                        name));
    if (found->driver == "openclaw")
        return unusable(
            fmt::format("agents.{} is run by OpenClaw, whose tools are its own: it could "
                        "act, so it is not asked",
                        name));
    return *std::move(found);
}

Result<WhatIfTurns> ask_turns(
    const Config& config, const AgentConfig& agent, std::vector<rerun::RecordedTurn> turns,
    const std::function<void(std::size_t number, const WhatIfTurns& so_far)>& told) {
    auto offers = offers_for(config, agent, turns);
    if (!offers) return fail(offers.error());
    AsioLoop loop;
    ThreadWorker resolver("resolver");
    auto client = net::HttpClient::create(loop, resolver, {});
    if (!client) return fail(client.error());
    SystemRandom random;
    const auto key = agent_key(agent);
    if (!key) return fail(key.error());
    auto driver = make_driver(agent, *key, loop, **client, random);
    if (!driver) return fail(driver.error());
    WhatIfTurns made{.agent = agent.settings.name, .driver = std::string((*driver)->name())};
    if (agent.driver == "openai") made.endpoint = agent.base_url;
    agent::Ledger ledger;
    for (rerun::RecordedTurn& turn : turns) {
        told(made.turns.size() + 1, made);
        rerun::Answer answer;
        std::unique_ptr<rerun::TurnRun> run;
        loop.post([&] {
            run = std::make_unique<rerun::TurnRun>(rerun::TurnRun::Parts{.loop = loop,
                                                                         .driver = **driver,
                                                                         .settings = agent.settings,
                                                                         .ledger = ledger,
                                                                         .tools = *offers},
                                                   turn, [&](rerun::Answer all) {
                                                       answer = std::move(all);
                                                       loop.stop();
                                                   });
        });
        loop.context().restart();
        loop.run();
        run.reset();
        auto difference = rerun::difference_of(turn, answer);
        made.turns.push_back({std::move(turn), std::move(answer), std::move(difference)});
    }
    return made;
}

}  // namespace lifeline::app
