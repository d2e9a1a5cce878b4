#include "app/config_agents.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "agent/profile.h"
#include "agent/script.h"
#include "app/settings.h"
#include "app/toml_json.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_pointer.h"
#include "net/url.h"
#include "tools/table.h"

namespace lifeline::app {

namespace {

using contract::Json;
using tools::Table;

constexpr std::size_t agents_max = 64;
constexpr std::size_t persona_bytes_max = 64 * 1024;
constexpr int rounds_most = 50;

std::unexpected<Error> wrong_agent(const toml::node& node, const Error& error) {
    const auto steps = contract::pointer_steps(error.pointer).value_or(std::vector<std::string>());
    return wrong_setting(line_at(node, error.pointer),
                         steps.empty() ? "agents" : fmt::format("agents.{}:", steps.front()),
                         error.detail);
}

void read_caps(Table& outer, agent::Caps& caps) {
    Table table = outer.table("caps");
    table.amount("turn_tokens", caps.turn.tokens);
    table.amount("call_tokens", caps.call.tokens);
    table.amount("user_day_tokens", caps.user_day.tokens);
    table.amount("day_tokens", caps.day.tokens);
    table.amount("turn_cost", caps.turn.nano);
    table.amount("call_cost", caps.call.nano);
    table.amount("user_day_cost", caps.user_day.nano);
    table.amount("day_cost", caps.day.nano);
    if (const auto read = table.status(); !read) outer.refuse(read.error());
}

void read_prices(Table& outer, agent::Prices& prices) {
    Table table = outer.table("prices");
    table.amount("input", prices.input);
    prices.cached = prices.input;  // Where no other price is known, cached ones cost as much.
    table.amount("cached", prices.cached);
    table.amount("output", prices.output);
    if (const auto read = table.status(); !read) outer.refuse(read.error());
}

void read_persona(Table& table, std::string& persona, std::string& file) {
    table.text("persona", persona);
    table.text("system_file", file);
    if (file.empty()) return;
    if (!persona.empty()) return table.refuse("system_file", "and persona are one too many");
    auto text = read_text_file(file, persona_bytes_max);
    if (!text) return table.refuse("system_file", text.error().detail);
    persona = *std::move(text);
}

void read_key(Table& table, AgentConfig& agent) {
    table.text("key_file", agent.key_file);
    table.text("key_env", agent.key_env);
    if (!agent.key_file.empty() && !agent.key_env.empty())
        table.refuse("key_env", "and key_file are one too many");
}

void read_openai(Table& table, AgentConfig& agent) {
    table.text("profile", agent.profile);
    const auto* profile = agent::find_profile(agent.profile);
    if (profile == nullptr) {
        std::string names;
        for (const auto& one : agent::profiles())
            names += fmt::format("{}{}", names.empty() ? "" : ", ", one.name);
        return table.refuse("profile", "must be one of " + names);
    }
    agent.base_url = profile->base_url;
    table.text("base_url", agent.base_url);
    while (agent.base_url.ends_with('/')) agent.base_url.pop_back();
    if (!net::parse_url(agent.base_url))
        return table.refuse("base_url", "must be a URL like https://api.example.com/v1");
    table.text("model", agent.model);
    if (agent.model.empty()) return table.refuse("model", "must name the model");
    table.texts("fallback_models", agent.fallback_models);
    read_key(table, agent);
    if (profile->needs_key && agent.key_file.empty() && agent.key_env.empty())
        return table.refuse("key_file", "or key_env must say where the key is");
    table.millis("idle_ms", agent.idle);
}

// Its gateway speaks no TLS and lets whoever has the token do anything: it belongs on this machine,
// or behind a tunnel that ends here.
void read_openclaw(Table& table, AgentConfig& agent) {
    agent.gateway_host = "127.0.0.1:18789";
    table.text("gateway", agent.gateway_host);
    const auto url = net::parse_url("http://" + agent.gateway_host);
    const auto address = url ? net::IpAddress::parse(url->host) : std::nullopt;
    if (!address || !address->is_loopback())
        return table.refuse("gateway", "must be a loopback address with its port: 127.0.0.1:18789");
    agent.gateway = {*address, url->port};
    table.text("gateway_agent", agent.gateway_agent);
    read_key(table, agent);
    if (agent.key_file.empty() && agent.key_env.empty())
        table.refuse("key_file", "or key_env must say where the gateway's token is");
}

void read_scripted(Table& table, AgentConfig& agent) {
    const std::string& file = agent.rules_file;
    table.text("rules_file", agent.rules_file);
    if (file.empty()) return;
    const auto document = Document::read(file);
    if (!document) return table.refuse("rules_file", document.error().detail);
    const auto script = agent::Script::read(document->json());
    if (!script) return table.refuse("rules_file", document->explained(script.error()).detail);
    agent.rules_json = document->json();
}

void read_pace(Table& table, agent::AgentSettings& settings) {
    table.millis("debounce_ms", settings.pace.debounce);
    table.whole("rounds_max", settings.rounds_max);
    if (settings.rounds_max < 1 || settings.rounds_max > rounds_most)
        table.refuse("rounds_max", fmt::format("must be from 1 to {}", rounds_most));
    table.amount("output_tokens_max", settings.output_tokens_max);
    table.millis("model_timeout_ms", settings.model_timeout);
    table.millis("action_wait_ms", settings.action_wait);
    table.text("failure_text", settings.failure_text);
    table.text("quota_text", settings.quota_text);
}

std::set<std::string, std::less<>> names_in(const Json& json) {
    std::set<std::string, std::less<>> names;
    for (const auto& [key, value] : json.members()) {
        names.emplace(key);
        for (const auto& [inner, ignored] : value.members())
            names.insert(fmt::format("{}.{}", key, inner));
    }
    return names;
}

Result<AgentConfig> read_agent(std::string_view name, const Json& json) {
    Table table(contract::pointer_step(name), json);
    AgentConfig agent;
    agent.given = names_in(json);
    auto& settings = agent.settings;
    settings.name = name;
    settings.user_id = fmt::format("agt_{}", name);
    table.text("user_id", settings.user_id);
    if (!contract::matches(contract::Form::id, settings.user_id))
        table.refuse("user_id", "must be an id: letters, digits and _.:-");
    settings.display_name = name;
    table.text("name", settings.display_name);
    if (settings.display_name.empty() || settings.display_name.size() > 128)
        table.refuse("name", "must have 1 to 128 characters");
    read_persona(table, settings.persona, agent.system_file);
    std::string join = "asked";
    table.text("join", join);
    if (join != "all" && join != "asked") table.refuse("join", "must be all or asked");
    settings.joins_all = join == "all";
    settings.all_tools = !table.has("tools");
    table.texts("tools", settings.tools);
    table.texts("cancel_on_interrupt", settings.cancel_on_interrupt);
    read_pace(table, settings);
    read_caps(table, settings.caps);
    read_prices(table, settings.prices);
    table.text("driver", agent.driver);
    // What belongs to another driver is left unread, and so refused.
    if (agent.driver == "openai") {
        read_openai(table, agent);
    } else if (agent.driver == "openclaw") {
        read_openclaw(table, agent);
    } else if (agent.driver == "scripted") {
        read_scripted(table, agent);
    } else {
        table.refuse("driver", "must be openai, openclaw or scripted");
    }
    if (const auto read = table.status(); !read) return fail(read.error());
    return agent;
}

// An agent's session at its gateway is named by the gateway's agent and the call: two that share
// one would hear each other's turns as their own.
bool shares_gateway_agent(const AgentConfig& a, const AgentConfig& b) {
    return a.driver == "openclaw" && b.driver == "openclaw" &&
           a.gateway.address == b.gateway.address && a.gateway.port == b.gateway.port &&
           a.gateway_agent == b.gateway_agent;
}

}  // namespace

Result<void> read_agents(const toml::node& node, std::vector<AgentConfig>& into) {
    const auto line = node.source().begin.line;
    if (!node.is_table()) return wrong_setting(line, "agents", "must be [agents.NAME] tables");
    const auto text = as_json(node);
    if (!text) return fail(text.error());
    const auto json = Json::parse(*text);
    if (!json) return wrong_setting(line, "agents", json.error().detail);
    for (const auto& [name, inner] : json->members()) {
        const std::string pointer = contract::pointer_step(name);
        if (!inner.is_object() || !contract::matches(contract::Form::word, name) ||
            into.size() >= agents_max)
            return wrong_agent(node, {Code::malformed, "config_invalid",
                                      "must be a table by a name of letters and digits", pointer});
        auto agent = read_agent(name, inner);
        if (!agent) return wrong_agent(node, agent.error());
        for (const AgentConfig& other : into) {
            if (other.settings.user_id == agent->settings.user_id)
                return wrong_agent(node, {Code::malformed, "config_invalid",
                                          "user_id is that of another agent, too", pointer});
            if (shares_gateway_agent(other, *agent))
                return wrong_agent(node, {Code::malformed, "config_invalid",
                                          "gateway_agent is that of another agent, too", pointer});
        }
        into.push_back(*std::move(agent));
    }
    return {};
}

}  // namespace lifeline::app
