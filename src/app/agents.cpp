#include "app/agents.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "agent/openai_driver.h"
#include "agent/openclaw_driver.h"
#include "agent/profile.h"
#include "agent/scripted_driver.h"
#include "app/secret_source.h"
#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr std::size_t models_in_flight_max = 512;
constexpr std::size_t seats_page = 200;

std::unexpected<Error> unusable(const AgentConfig& config, std::string_view why) {
    return fail(Code::malformed, "config_invalid",
                fmt::format("agents.{}.{}", config.settings.name, why));
}

}  // namespace

Result<Secret<std::string>> agent_key(const AgentConfig& config) {
    return read_secret(fmt::format("agents.{}", config.settings.name), config.key_file,
                       config.key_env);
}

Result<AgentKeys> read_agent_keys(const std::vector<AgentConfig>& agents) {
    AgentKeys keys;
    for (const AgentConfig& config : agents) {
        auto key = agent_key(config);
        if (!key) return fail(key.error());
        keys.emplace(config.settings.name, *std::move(key));
    }
    return keys;
}

Result<std::unique_ptr<agent::Driver>> make_driver(const AgentConfig& config,
                                                   const Secret<std::string>& key, AsioLoop& loop,
                                                   net::HttpClient& client, Random& random) {
    if (config.driver == "scripted") {
        auto script = config.rules_json.empty() ? agent::Script::standard()
                                                : agent::Script::read(config.rules_json);
        if (!script) return unusable(config, "rules_file: " + script.error().detail);
        return std::make_unique<agent::ScriptedDriver>(loop, *std::move(script));
    }
    if (config.driver == "openclaw")
        return std::make_unique<agent::OpenClawDriver>(
            loop, random,
            agent::OpenClawDriver::Options{.gateway = config.gateway,
                                           .host = config.gateway_host,
                                           .token = key.reveal(),
                                           .agent_id = config.gateway_agent});
    agent::OpenAiOptions options;
    options.base_url = config.base_url;
    options.models = {config.model};
    options.models.insert(options.models.end(), config.fallback_models.begin(),
                          config.fallback_models.end());
    options.profile = *agent::find_profile(config.profile);
    options.key = key;
    options.idle = config.idle;
    return std::make_unique<agent::OpenAiDriver>(loop, client, std::move(options));
}

Result<std::unique_ptr<Agents>> Agents::create(Parts parts,
                                               const std::vector<AgentConfig>& agents) {
    std::unique_ptr<Agents> made(new Agents(parts));
    auto client = net::HttpClient::create(parts.home, parts.resolver,
                                          {.in_flight_max = models_in_flight_max});
    if (!client) return fail(client.error());
    made->client_ = *std::move(client);
    const auto keys = read_agent_keys(agents);
    if (!keys) return fail(keys.error());
    std::vector<agent::Host::Agent> hosted;
    for (const AgentConfig& config : agents) {
        auto driver = make_driver(config, keys->at(config.settings.name), parts.home,
                                  *made->client_, made->random_);
        if (!driver) return fail(driver.error());
        hosted.push_back({config.settings, *std::move(driver)});
    }
    made->host_ = std::make_unique<agent::Host>(
        agent::Host::Parts{
            .loop = parts.home, .sessions = parts.sessions, .tools = std::move(parts.tools)},
        std::move(hosted));
    return made;
}

Agents::~Agents() {
    *alive_ = false;
}

Agents::Agents(Parts parts)
    : parts_(std::move(parts)), spend_(parts_.home, parts_.views, parts_.journal) {}

// What was spent today is known before anybody spends more.
void Agents::start(std::string spend_path, roster::Roster& roster) {
    if (host_->agents().empty()) return;
    spend_.start(std::move(spend_path), [this, &roster, alive = alive_](const Status& followed) {
        if (!*alive) return;
        // Without it a cap of the day would begin anew, so nobody spends.
        const auto unknown = [](const Error& error) {
            log::error("no agent takes part: what was spent today is not known reason={}",
                       error.reason);
        };
        if (!followed) return unknown(followed.error());
        spend_.since(
            parts_.home.clock().wall(), parts_.home,
            [this, &roster, alive, unknown](Result<std::vector<agent::Ledger::Record>> spent) {
                if (!*alive) return;
                if (!spent) return unknown(spent.error());
                for (const auto& record : *spent) host_->ledger().add(record);
                take_seats(roster);
            });
    });
}

void Agents::poke() {
    if (!host_->agents().empty()) spend_.poke();
}

void Agents::take_seats(roster::Roster& roster) {
    roster.follow([this, alive = alive_](const roster::Roster::Entry& entry) {
        if (*alive) host_->joined(entry.user_id, entry.row.session_id);
        return *alive;
    });
    for (const auto& agent : host_->agents()) take_seats(roster, agent.settings.user_id, INT64_MAX);
}

void Agents::take_seats(roster::Roster& roster, const std::string& user_id, std::uint64_t before) {
    roster::RosterQuery query;
    query.user_id = user_id;
    query.status = "open";
    query.before = before;
    query.limit = seats_page;
    roster.list(
        std::move(query), parts_.home,
        [this, &roster, user_id, alive = alive_](Result<std::vector<roster::RosterRow>> rows) {
            if (!*alive || !rows) return;
            for (const auto& row : *rows) host_->joined(user_id, row.session_id);
            if (rows->size() == seats_page) take_seats(roster, user_id, rows->back().position);
        });
}

void Agents::stop(std::function<void()> left) {
    host_->stop(std::move(left));
}

// An OpenClaw driver holds a connection, and stays.
void Agents::renew(const std::vector<AgentConfig>& agents, const AgentKeys& keys) {
    for (const AgentConfig& config : agents) {
        const auto key = keys.find(config.settings.name);
        std::shared_ptr<agent::Driver> driver;
        if (config.driver != "openclaw" && key != keys.end()) {
            auto made = make_driver(config, key->second, parts_.home, *client_, random_);
            if (!made) {
                log::error("agent={} stays as it was: {}", config.settings.name,
                           made.error().detail);
                continue;
            }
            driver = *std::move(made);
        }
        host_->change(config.settings, std::move(driver));
    }
}

std::vector<api::HostedAgent> Agents::list() const {
    std::vector<api::HostedAgent> list;
    for (const auto& agent : host_->agents())
        list.push_back({agent.settings.name, agent.settings.user_id, agent.settings.display_name,
                        std::string(agent.driver->name()), std::string(agent.driver->model()),
                        agent.settings.joins_all});
    return list;
}

}  // namespace lifeline::app
