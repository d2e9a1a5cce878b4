#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/call_defaults.h"
#include "api/change_rate.h"
#include "app/config_agents.h"
#include "app/sink_config.h"
#include "base/log.h"
#include "base/result.h"
#include "gateway/limits.h"
#include "identity/issuer.h"
#include "metering/meters.h"
#include "net/http_server.h"
#include "retention/keeping.h"
#include "tools/mcp.h"
#include "tools/tool.h"

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml

namespace lifeline::app {

// Where a value came from, the later over the former.
enum class Source { standard, file, flag, file_and_flag };

// PEM files; both or none.
struct TlsFiles {
    std::string certificate;
    std::string key;

    bool given() const { return !certificate.empty(); }
};

// Whom to ask what was said in a recording; none where base_url is empty.
struct SpeechConfig {
    std::string base_url;
    std::string model = "whisper-1";
    std::string key_file;
    std::string key_env;
    Millis timeout{30'000};
};

// To whom the journal's heads are given, beside the file that the data folder has of them.
struct ProofConfig {
    std::string heads_file;   // Empty: no other file.
    std::string webhook_url;  // Empty: nobody is told.
    std::string webhook_secret_file;
    Millis heads_every{60 * 60 * 1'000};
};

// What is measured, and when an hour of it is closed.
struct MeteringConfig {
    metering::Meters own = metering::Meters::none();  // Beside or in place of the standard ones.
    Millis close_after{10 * 60 * 1'000};
};

// When hours are counted again, and who is told of what differs.
struct ReconciliationConfig {
    bool enabled = true;
    std::chrono::minutes settle{15};  // From an hour's end on, so that sinks have what is theirs.
    std::chrono::days horizon{33};    // What comes later than that is for a person.
    std::chrono::hours dead_man{2};   // Without a run: somebody is told.
    std::string alert_url;            // Empty: findings are logged, and nobody is told.
    std::string alert_secret_file;
    int alert_attempts = 12;
};

// Everything that can be set, with its default. Read from a TOML file, then from the command line;
// docs/operations.md explains each.
struct Config {
    std::filesystem::path data = "data";
    std::string address = "127.0.0.1";
    std::uint16_t port = 8787;
    std::string public_url;
    std::string metrics_address;  // Empty: no metrics are shown.
    std::uint16_t metrics_port = 0;
    std::vector<std::string> origins;
    std::size_t loops = 0;  // 0: one for each core, at most 8.
    bool dev = false;
    bool dev_agent = false;  // Calls made in development mode invite the scripted agent.
    log::Level log_level = log::Level::info;
    log::Format log_format = log::Format::text;
    Millis drain = std::chrono::seconds(5);  // After SIGTERM.
    std::size_t connections = 50'000;
    std::size_t connections_per_address = 2'000;
    net::AcceptRate::Limits accepts;
    std::size_t descriptors_reserved = 64;
    std::vector<std::string> trusted_proxies;
    net::Proxies::Headers proxy_headers = net::Proxies::Headers::x_forwarded;
    TlsFiles tls;
    gateway::Limits limits;
    gateway::RateTable::Rate changes = api::ChangeRate::standard;
    gateway::RetryPolicy retry;
    net::HttpLimits http;
    api::CallDefaults calls;
    retention::KeepingPolicy retention;
    std::vector<identity::IssuerConfig> issuers;
    std::vector<tools::Tool> tools;
    std::vector<tools::McpServer> mcp;
    std::vector<AgentConfig> agents;
    std::filesystem::path policy_file;      // Empty: the standard policy.
    Millis confirm_within{5 * 60 * 1'000};  // Where a rule says nothing else.
    SpeechConfig speech;
    ProofConfig proof;
    MeteringConfig metering;
    ReconciliationConfig reconciliation;
    SinksConfig billing;
    std::string engine_url;  // Empty: no external policy engine is asked.
    std::string engine_token_file;
    Millis engine_timeout{1'500};
    std::string asked_url;  // Told of open confirmations; empty: nobody is.
    std::string asked_secret_file;

    // By the setting's dotted name; what is not here has its default.
    std::map<std::string, Source, std::less<>> sources;
};

// `file` may be empty. A setting that is not known, of the wrong type or out of range is refused
// with its line and name: a misspelt limit must not be no limit.
Result<Config> read_config(const std::filesystem::path& file);

// What a flag says counts over the file, but for origins, where it comes on top.
Result<void> set_by_flag(Config& config, std::string_view name, std::string_view text);
Result<void> add_origins_by_flag(Config& config, const std::vector<std::string>& origins);

// [[issuers]]
Result<void> read_issuers(const toml::node& node, std::vector<identity::IssuerConfig>& issuers);
// As JSON, without its secret.
std::string show_issuer(const identity::IssuerConfig& issuer);

}  // namespace lifeline::app
