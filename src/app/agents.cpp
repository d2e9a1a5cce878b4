#include "app/agents.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "agent/openai_driver.h"
#include "agent/openclaw_driver.h"
#include "agent/profile.h"
#include "agent/scripted_driver.h"
#include "agent/usage_record.h"
#include "base/log.h"

namespace lifeline::app {

namespace {

constexpr std::size_t models_in_flight_max = 512;
constexpr std::size_t seats_page = 200;

std::unexpected<Error> unusable(const AgentConfig& config, std::string_view why) {
    return fail(Code::malformed, "config_invalid",
                fmt::format("agents.{}.{}", config.settings.name, why));
}

// A key has no line break in it, and one would end the header that carries it.
std::string first_line(std::string text) {
    text.resize(std::min(text.size(), text.find_first_of("\r\n")));
    return text;
}

}  // namespace

Result<Secret<std::string>> agent_key(const AgentConfig& config) {
    if (!config.key_env.empty()) {
        const char* value = std::getenv(config.key_env.c_str());
        if (value == nullptr || *value == '\0')
            return unusable(config, fmt::format("key_env: {} is not set", config.key_env));
        return Secret<std::string>(first_line(value));
    }
    if (config.key_file.empty()) return Secret<std::string>();
    std::ifstream file(config.key_file);
    std::string line;
    if (!std::getline(file, line) || first_line(line).empty())
        return unusable(config,
                        fmt::format("key_file: {} cannot be read, or is empty", config.key_file));
    return Secret<std::string>(first_line(std::move(line)));
}

Result<std::unique_ptr<agent::Driver>> make_driver(const AgentConfig& config, AsioLoop& loop,
                                                   net::HttpClient& client, Random& random) {
    if (config.driver == "scripted") {
        auto script = config.rules_json.empty() ? agent::Script::standard()
                                                : agent::Script::read(config.rules_json);
        if (!script) return unusable(config, "rules_file: " + script.error().detail);
        return std::make_unique<agent::ScriptedDriver>(loop, *std::move(script));
    }
    auto key = agent_key(config);
    if (!key) return fail(key.error());
    if (config.driver == "openclaw")
        return std::make_unique<agent::OpenClawDriver>(
            loop, random,
            agent::OpenClawDriver::Options{.gateway = config.gateway,
                                           .host = config.gateway_host,
                                           .token = key->reveal(),
                                           .agent_id = config.gateway_agent});
    agent::OpenAiOptions options;
    options.base_url = config.base_url;
    options.models = {config.model};
    options.models.insert(options.models.end(), config.fallback_models.begin(),
                          config.fallback_models.end());
    options.profile = *agent::find_profile(config.profile);
    options.key = *std::move(key);
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
    std::vector<agent::Host::Agent> hosted;
    for (const AgentConfig& config : agents) {
        auto driver = make_driver(config, parts.home, *made->client_, made->random_);
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

void Agents::start(roster::Roster& roster) {
    if (host_->agents().empty()) return;
    read_spent(0, [this, &roster] {
        roster.follow([this, alive = alive_](const roster::Roster::Entry& entry) {
            if (*alive) host_->joined(entry.user_id, entry.row.session_id);
            return *alive;
        });
        for (const auto& agent : host_->agents())
            take_seats(roster, agent.settings.user_id, INT64_MAX);
    });
}

// Today's records of all calls, so that a day's cap holds over a restart. A record is counted once,
// however often it is read.
void Agents::read_spent(std::uint64_t after, Job ready) {
    parts_.journal.read_all(
        after, {.events = 4096, .bytes = 4 << 20}, parts_.home,
        [this, alive = alive_,
         ready = std::move(ready)](Result<std::vector<journal::JournalEvent>> events) mutable {
            if (!*alive) return;
            if (!events || events->empty()) {
                if (!events)
                    log::warn("what agents spent today is not known reason={}",
                              events.error().reason);
                return ready();
            }
            const WallTime today(std::chrono::floor<std::chrono::days>(parts_.home.clock().wall()));
            for (const auto& [stream, stored] : *events) {
                if (stored.recorded_at < today ||
                    stored.bytes.find("billing.usage.measured") == std::string::npos)
                    continue;
                const auto event = checker_.read_stored(stored.bytes);
                if (!event) continue;
                if (const auto record = agent::usage_record(*event)) host_->ledger().add(*record);
            }
            read_spent(events->back().event.position, std::move(ready));
        });
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

void Agents::stop() {
    host_->stop();
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
