#include "app/show_agents.h"

#include <concepts>
#include <string_view>
#include <utility>

#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

std::string json_of(std::string_view text) {
    std::string json;
    contract::append_json_string(json, text);
    return json;
}

std::string json_of(const std::vector<std::string>& texts) {
    contract::JsonWriter json;
    json.array();
    for (const std::string& text : texts) json.value(text);
    return json.end().take();
}

std::string json_of(std::integral auto number) {
    return std::to_string(number);
}

std::string json_of(Millis time) {
    return std::to_string(time.count());
}

class Shown {
public:
    explicit Shown(const AgentConfig& agent) : agent_(agent) {}
    template <class T>
    void add(std::string_view name, const T& value) {
        add_json(name, json_of(value));
    }
    // Where it is not given there is none.
    void add_given(std::string_view name, std::string_view value) {
        if (!value.empty()) add(name, value);
    }
    void add_json(std::string_view name, std::string json) {
        shown_.push_back({std::string(name), std::move(json),
                          agent_.given.contains(name) ? Source::file : Source::standard});
    }
    std::vector<ShownSetting> take() { return std::move(shown_); }

private:
    const AgentConfig& agent_;
    std::vector<ShownSetting> shown_;
};

void add_driver(Shown& shown, const AgentConfig& agent) {
    shown.add("driver", std::string_view(agent.driver));
    if (agent.driver == "openai") {
        shown.add("profile", std::string_view(agent.profile));
        shown.add("base_url", std::string_view(agent.base_url));
        shown.add("model", std::string_view(agent.model));
        shown.add("fallback_models", agent.fallback_models);
        shown.add("idle_ms", agent.idle);
    }
    if (agent.driver == "openclaw") {
        shown.add("gateway", std::string_view(agent.gateway_host));
        shown.add("gateway_agent", std::string_view(agent.gateway_agent));
    }
    shown.add_given("key_file", agent.key_file);
    shown.add_given("key_env", agent.key_env);
    shown.add_given("rules_file", agent.rules_file);
}

void add_caps(Shown& shown, const agent::Caps& caps) {
    shown.add("caps.turn_tokens", caps.turn.tokens);
    shown.add("caps.turn_cost", caps.turn.nano);
    shown.add("caps.call_tokens", caps.call.tokens);
    shown.add("caps.call_cost", caps.call.nano);
    shown.add("caps.user_day_tokens", caps.user_day.tokens);
    shown.add("caps.user_day_cost", caps.user_day.nano);
    shown.add("caps.day_tokens", caps.day.tokens);
    shown.add("caps.day_cost", caps.day.nano);
}

}  // namespace

std::vector<ShownSetting> show_agent(const AgentConfig& agent) {
    const agent::AgentSettings& settings = agent.settings;
    Shown shown(agent);
    add_driver(shown, agent);
    shown.add("user_id", std::string_view(settings.user_id));
    shown.add("name", std::string_view(settings.display_name));
    shown.add("join", std::string_view(settings.joins_all ? "all" : "asked"));
    if (agent.system_file.empty()) {
        shown.add("persona", std::string_view(settings.persona));
    } else {
        shown.add("system_file", std::string_view(agent.system_file));
    }
    shown.add_json("tools", settings.all_tools ? R"("all")" : json_of(settings.tools));
    shown.add("cancel_on_interrupt", settings.cancel_on_interrupt);
    shown.add("debounce_ms", settings.pace.debounce);
    shown.add("rounds_max", settings.rounds_max);
    shown.add("output_tokens_max", settings.output_tokens_max);
    shown.add("model_timeout_ms", settings.model_timeout);
    shown.add("action_wait_ms", settings.action_wait);
    shown.add("failure_text", std::string_view(settings.failure_text));
    shown.add("quota_text", std::string_view(settings.quota_text));
    add_caps(shown, settings.caps);
    shown.add("prices.input", settings.prices.input);
    shown.add("prices.cached", settings.prices.cached);
    shown.add("prices.output", settings.prices.output);
    return shown.take();
}

}  // namespace lifeline::app
