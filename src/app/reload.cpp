#include "app/reload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "app/policy_file.h"
#include "app/renew_agents.h"
#include "app/settings.h"
#include "base/check.h"
#include "base/log.h"
#include "identity/keyed_issuers.h"
#include "tools/read_tools.h"

namespace lifeline::app {

namespace {

// The settings that may change while it serves.
constexpr std::array<std::string_view, 32> live = {
    "limits.events_per_second",
    "limits.events_burst",
    "limits.changes_per_second",
    "limits.changes_burst",
    "limits.connects_per_second",
    "limits.connects_burst",
    "limits.bytes_per_second",
    "limits.bytes_burst",
    "limits.connections_per_user",
    "limits.connections_per_account",
    "limits.in_flight",
    "limits.lines_per_participant",
    "origins",
    "public_url",
    "log.level",
    "trusted_proxies",
    "proxy_headers",
    "limits.connections",
    "limits.connections_per_address",
    "limits.accepts_per_second",
    "limits.accepts_burst",
    "limits.descriptors_reserved",
    "tls.certificate",
    "tls.key",
    "calls.connect_timeout_ms",
    "calls.max_duration_ms",
    "calls.reconnect_window_ms",
    "calls.reconnect_window_media_ms",
    "consent.recording",
    "consent.recording_accounts",
    "safety.policy_file",
    "safety.confirm_within_ms",
};

bool is_live(std::string_view name, const Config& before, const Config& next) {
    // One port speaks one way; clients have been told which.
    if (name.starts_with("tls.") && before.tls.given() != next.tls.given()) return false;
    return std::ranges::find(live, name) != live.end();
}

// Clients were told their heartbeat in hello.
gateway::Limits with_heartbeat(gateway::Limits limits, Millis heartbeat) {
    limits.heartbeat = heartbeat;
    return limits;
}

std::string rules_of(const std::vector<identity::IssuerConfig>& issuers) {
    std::string all;
    for (const auto& issuer : issuers) all += show_issuer(issuer) + "\n";
    return all;
}

std::string tools_of(const Config& config) {
    std::string all;
    for (const auto& tool : config.tools) all += tools::show_tool(tool) + "\n";
    for (const auto& server : config.mcp) all += tools::show_mcp_server(server) + "\n";
    return all;
}

}  // namespace

net::HttpServerOptions door_of(const Config& config, SharedTls tls) {
    auto trusted = net::parse_ranges(config.trusted_proxies);
    CHECK(trusted);  // As the settings have checked.
    return {
        .address = config.address,
        .port = config.port,
        .limits = config.http,
        .connections = {.total = config.connections, .per_address = config.connections_per_address},
        .accepts = config.accepts,
        .descriptors_reserved = config.descriptors_reserved,
        .proxies = {.trusted = std::move(*trusted), .headers = config.proxy_headers},
        .tls = std::move(tls)};
}

Changes take_changes(Config& config, const Config& next) {
    Changes changes;
    for (const auto& [name, setting] : settings()) {
        if (setting.show(config) == setting.show(next)) continue;
        (is_live(name, config, next) ? changes.applied : changes.needs_restart).push_back(name);
    }
    // The keys of the same issuers are taken in any case.
    if (rules_of(config.issuers) == rules_of(next.issuers))
        config.issuers = next.issuers;
    else
        changes.needs_restart.emplace_back("issuers");
    if (tools_of(config) != tools_of(next)) changes.needs_restart.emplace_back("tools");
    auto agents = take_agents(config.agents, next.agents);
    std::ranges::move(agents.applied, std::back_inserter(changes.applied));
    std::ranges::move(agents.needs_restart, std::back_inserter(changes.needs_restart));
    config.origins = next.origins;
    config.public_url = next.public_url;
    config.log_level = next.log_level;
    config.trusted_proxies = next.trusted_proxies;
    config.proxy_headers = next.proxy_headers;
    config.connections = next.connections;
    config.connections_per_address = next.connections_per_address;
    config.accepts = next.accepts;
    config.descriptors_reserved = next.descriptors_reserved;
    config.limits = with_heartbeat(next.limits, config.limits.heartbeat);
    config.changes = next.changes;
    config.calls = next.calls;
    config.policy_file = next.policy_file;
    config.confirm_within = next.confirm_within;
    if (config.tls.given() && next.tls.given()) config.tls = next.tls;
    return changes;
}

// What was read and checked before anything is touched.
struct Reload::Read {
    Config config;
    SharedTls tls;
    std::vector<std::pair<std::string, identity::KeySet>> keys;
    net::OriginList origins;
    safety::Policy policy;
    AgentKeys agent_keys;
};

Reload::Reload(Loop& loop, Worker& worker, Config& config, SharedTls tls, ReadAgain read_again,
               Doors doors)
    : loop_(loop),
      worker_(worker),
      config_(config),
      tls_(std::move(tls)),
      read_again_(std::move(read_again)),
      doors_(std::move(doors)),
      certificate_(loop, worker, [this](SharedTls renewed) {
          tls_ = std::move(renewed);
          doors_.http.apply(door_of(config_, tls_));
      }) {}

void Reload::stop() {
    stopped_ = true;
    certificate_.stop();
}

void Reload::reload() {
    if (stopped_) return;
    if (std::exchange(reading_, true)) {
        again_ = true;
        return;
    }
    worker_.submit([this, read_again = read_again_] {
        loop_.post([this, outcome = read(read_again)]() mutable { apply(std::move(outcome)); });
    });
}

Result<Reload::Read> Reload::read(const ReadAgain& read_again) {
    auto config = read_again();
    if (!config) return fail(config.error());
    auto tls = load_certificate(config->tls);
    if (!tls) return fail(tls.error());
    auto keys = identity::read_local_keys(config->issuers);
    if (!keys) return fail(keys.error());
    auto origins = net::OriginList::parse(config->origins);
    if (!origins) return fail(origins.error());
    auto policy = load_policy(config->policy_file);
    if (!policy) return fail(policy.error());
    auto agent_keys = read_agent_keys(config->agents);
    if (!agent_keys) return fail(agent_keys.error());
    return Read{std::move(*config),  std::move(*tls),    std::move(*keys),
                std::move(*origins), std::move(*policy), std::move(*agent_keys)};
}

void Reload::apply(Result<Read> read) {
    reading_ = false;
    if (stopped_) return;
    if (!read) {
        log::error("configuration not reloaded, nothing has changed: {}", read.error().detail);
    } else {
        const bool same_issuers = rules_of(config_.issuers) == rules_of(read->config.issuers);
        Changes changes = take_changes(config_, read->config);
        if (config_.tls.given() && read->tls) tls_ = std::move(read->tls);
        doors_.http.apply(door_of(config_, tls_));
        doors_.origins.replace_by(read->origins);
        doors_.api.set_public_url(config_.public_url);
        doors_.api.set_defaults(config_.calls);
        doors_.api.take_change_rate(config_.changes);
        if (same_issuers) doors_.authenticator.renew(std::move(read->keys));
        doors_.gateway_limits(config_.limits);
        doors_.policy(std::move(read->policy));
        doors_.agents(config_.agents, read->agent_keys);
        log::set_level(config_.log_level);
        certificate_.watch(config_.tls);
        // At the level of what somebody has to know who has turned the others off.
        log::warn("configuration reloaded changed={} needs_restart={}",
                  fmt::join(changes.applied, ","), fmt::join(changes.needs_restart, ","));
    }
    if (std::exchange(again_, false)) reload();
}

}  // namespace lifeline::app
