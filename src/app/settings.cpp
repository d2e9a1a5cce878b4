#include "app/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>

#include "app/settings_consent.h"
#include "app/settings_metering.h"
#include "app/settings_proof.h"
#include "app/settings_reconciliation.h"
#include "app/settings_retention.h"
#include "app/settings_sinks.h"
#include "contract/json_writer.h"
#include "net/origin.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

std::unexpected<Error> must(std::string_view what) {
    return fail(Code::malformed, "config_invalid", fmt::format("must be {}", what));
}

std::string json_text(std::string_view text) {
    std::string out;
    contract::append_json_string(out, text);
    return out;
}

std::string json_list(const std::vector<std::string>& list) {
    contract::JsonWriter json;
    json.array();
    for (const auto& text : list) json.value(text);
    json.end();
    return json.take();
}

std::int64_t as_number(Millis value) {
    return value.count();
}
std::int64_t as_number(std::integral auto value) {
    return static_cast<std::int64_t>(value);
}

// A whole number within bounds, kept where `at` points.
template <class At>
Setting number(std::int64_t least, std::int64_t most, At at) {
    return {.set = [least, most, at](Config& config, const toml::node& node) -> Result<void> {
                const auto value = node.value_exact<std::int64_t>();
                if (!value || *value < least || *value > most)
                    return must(fmt::format("a whole number from {} to {}", least, most));
                auto& target = at(config);
                target = std::remove_reference_t<decltype(target)>(*value);
                return {};
            },
            .show = [at](const Config& config) { return std::to_string(as_number(at(config))); }};
}

// One of a few words, the n-th of which is the n-th value of the enumeration.
template <class Value>
struct Word {
    std::string_view word;
    Value value;
};
template <class Value, std::size_t N>
Setting word(Value Config::* member, std::string_view choice, const Word<Value> (&words)[N]) {
    const std::vector<Word<Value>> known(words, words + N);
    return {.set = [=](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                for (const auto& [name, value] : known) {
                    if (text != name) continue;
                    config.*member = value;
                    return {};
                }
                return must(choice);
            },
            .show =
                [=](const Config& config) {
                    for (const auto& [name, value] : known)
                        if (config.*member == value) return json_text(name);
                    return std::string("null");
                }};
}

Setting public_url() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                const auto url = net::parse_url(text.value_or(std::string()));
                const bool web = url && (url->scheme == "https" || url->scheme == "http");
                if (text != "" && (!web || text->ends_with('/')))
                    return must("a URL without a slash at its end: https://calls.example.com");
                config.public_url = *text;
                return {};
            },
            .show = [](const Config& config) { return json_text(config.public_url); }};
}

// A text of [speech], as it is.
Setting speech_text(std::string SpeechConfig::* member, std::string_view what) {
    return {.set = [member, what](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                if (!text) return must(what);  // Empty: none.
                config.speech.*member = *text;
                return {};
            },
            .show = [member](const Config& config) { return json_text(config.speech.*member); }};
}

Setting speech_url() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                const auto url = net::parse_url(text.value_or(std::string()));
                const bool web = url && (url->scheme == "https" || url->scheme == "http");
                if (text != "" && (!web || text->ends_with('/')))
                    return must("a URL without a slash at its end, before /audio/transcriptions");
                config.speech.base_url = *text;
                return {};
            },
            .show = [](const Config& config) { return json_text(config.speech.base_url); }};
}

std::string with_port(std::string_view address, std::uint16_t port) {
    const bool six = address.find(':') != std::string_view::npos;
    return json_text(six ? fmt::format("[{}]:{}", address, port)
                         : fmt::format("{}:{}", address, port));
}

Result<void> read_address(std::string_view text, std::string& address, std::uint16_t& port) {
    const auto colon = text.rfind(':');
    const auto refused = [] { return must("address:port, for instance 127.0.0.1:8787"); };
    if (colon == std::string_view::npos || colon == 0) return refused();
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
        return refused();
    address = host;
    port = number;
    return {};
}

Setting listen() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                return set_listen(config, node.value_exact<std::string>().value_or(std::string()));
            },
            .show = [](const Config& config) { return with_port(config.address, config.port); }};
}

Setting metrics_listen() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                if (text != "")
                    return read_address(text.value_or(std::string()), config.metrics_address,
                                        config.metrics_port);
                config.metrics_address.clear();
                return {};
            },
            .show =
                [](const Config& config) {
                    return config.metrics_address.empty()
                               ? std::string("\"\"")
                               : with_port(config.metrics_address, config.metrics_port);
                }};
}

Setting origins() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto* list = node.as_array();
                if (list == nullptr) return must("a list of origins");
                for (const auto& item : *list) {
                    const auto origin = item.value_exact<std::string>();
                    if (!origin) return must("a list of texts");
                    config.origins.push_back(*origin);
                }
                const auto parsed = net::OriginList::parse(config.origins);
                if (!parsed)
                    return must(fmt::format("a list of origins; {}", parsed.error().detail));
                return {};
            },
            .show = [](const Config& config) { return json_list(config.origins); }};
}

Setting trusted_proxies() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto* list = node.as_array();
                if (list == nullptr) return must("a list of addresses");
                for (const auto& item : *list) {
                    const auto entry = item.value_exact<std::string>();
                    if (!entry) return must("a list of texts");
                    config.trusted_proxies.push_back(*entry);
                }
                if (const auto parsed = net::parse_ranges(config.trusted_proxies); !parsed)
                    return must(fmt::format("a list of addresses; {}", parsed.error().detail));
                return {};
            },
            .show = [](const Config& config) { return json_list(config.trusted_proxies); }};
}

Setting file(std::string TlsFiles::* member) {
    return {.set = [member](Config& config, const toml::node& node) -> Result<void> {
                const auto path = node.value_exact<std::string>();
                if (!path || path->empty()) return must("the path of a PEM file");
                config.tls.*member = *path;
                return {};
            },
            .show = [member](const Config& config) { return json_text(config.tls.*member); }};
}

Setting policy_file() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                const auto path = node.value_exact<std::string>();
                if (!path) return must("the path of a policy, in TOML or JSON");
                config.policy_file = *path;
                return {};
            },
            .show = [](const Config& config) { return json_text(config.policy_file.string()); }};
}

Setting path_of(std::string Config::* member) {
    return {.set = [member](Config& config, const toml::node& node) -> Result<void> {
                const auto path = node.value_exact<std::string>();
                if (!path) return must("the path of a file");
                config.*member = *path;
                return {};
            },
            .show = [member](const Config& config) { return json_text(config.*member); }};
}

Setting url_of(std::string Config::* member) {
    return {.set = [member](Config& config, const toml::node& node) -> Result<void> {
                const auto text = node.value_exact<std::string>();
                if (!text || (!text->empty() && !net::parse_url(*text)))
                    return must("a URL: https://backend.example.com/lifeline");
                config.*member = *text;
                return {};
            },
            .show = [member](const Config& config) { return json_text(config.*member); }};
}

constexpr Word<net::Proxies::Headers> proxy_headers[] = {
    {"x-forwarded", net::Proxies::Headers::x_forwarded},
    {"forwarded", net::Proxies::Headers::forwarded}};
constexpr Word<log::Level> levels[] = {{"debug", log::Level::debug},
                                       {"info", log::Level::info},
                                       {"warn", log::Level::warn},
                                       {"error", log::Level::error}};
constexpr Word<log::Format> formats[] = {{"text", log::Format::text}, {"json", log::Format::json}};

using Table = std::map<std::string, Setting, std::less<>>;

Table with_all_of_reconciliation(Table table) {
    table.merge(reconciliation_settings());
    return table;
}

}  // namespace

const std::map<std::string, Setting, std::less<>>& settings() {
    static const auto table = with_all_of_reconciliation({
        {"public_url", public_url()},
        {"listen", listen()},
        {"origins", origins()},
        {"metrics.listen", metrics_listen()},
        {"trusted_proxies", trusted_proxies()},
        {"proxy_headers", word(&Config::proxy_headers, "x-forwarded or forwarded", proxy_headers)},
        {"tls.certificate", file(&TlsFiles::certificate)},
        {"tls.key", file(&TlsFiles::key)},
        {"safety.policy_file", policy_file()},
        {"safety.confirm_within_ms",
         number(1'000, 86'400'000, [](auto& c) -> auto& { return c.confirm_within; })},
        {"speech.base_url", speech_url()},
        {"speech.model", speech_text(&SpeechConfig::model, "the name of a model")},
        {"speech.key_file", speech_text(&SpeechConfig::key_file, "the path of a file")},
        {"speech.key_env",
         speech_text(&SpeechConfig::key_env, "the name of an environment variable")},
        {"speech.timeout_ms",
         number(1'000, 120'000, [](auto& c) -> auto& { return c.speech.timeout; })},
        {"safety.engine.url", url_of(&Config::engine_url)},
        {"safety.confirmation_webhook.url", url_of(&Config::asked_url)},
        {"safety.confirmation_webhook.secret_file", path_of(&Config::asked_secret_file)},
        {"safety.engine.token_file", path_of(&Config::engine_token_file)},
        {"safety.engine.timeout_ms",
         number(50, 30'000, [](auto& c) -> auto& { return c.engine_timeout; })},
        {"limits.accepts_per_second",
         number(1, 100'000, [](auto& c) -> auto& { return c.accepts.per_second; })},
        {"limits.accepts_burst",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.accepts.burst; })},
        {"limits.descriptors_reserved",
         number(0, 100'000, [](auto& c) -> auto& { return c.descriptors_reserved; })},
        {"loops", number(1, 64, [](auto& c) -> auto& { return c.loops; })},
        {"log.level", word(&Config::log_level, "debug, info, warn or error", levels)},
        {"log.format", word(&Config::log_format, "text or json", formats)},
        {"limits.events_per_second",
         number(1, 100'000, [](auto& c) -> auto& { return c.limits.events_per_second; })},
        {"limits.events_burst",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.limits.events_burst; })},
        {"limits.changes_per_second",
         number(1, 100'000, [](auto& c) -> auto& { return c.changes.per_second; })},
        {"limits.changes_burst",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.changes.burst; })},
        {"limits.connects_per_second",
         number(1, 10'000, [](auto& c) -> auto& { return c.limits.connects_per_second; })},
        {"limits.connects_burst",
         number(1, 100'000, [](auto& c) -> auto& { return c.limits.connects_burst; })},
        {"limits.bytes_per_second",
         number(1'024, 1'000'000'000, [](auto& c) -> auto& { return c.limits.bytes_per_second; })},
        {"limits.bytes_burst",
         number(65'536, 1'000'000'000, [](auto& c) -> auto& { return c.limits.bytes_burst; })},
        {"limits.connections_per_user",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.limits.connections_per_user_max; })},
        {"limits.connections_per_account",
         number(1, 1'000'000,
                [](auto& c) -> auto& { return c.limits.connections_per_account_max; })},
        {"limits.in_flight",
         number(1, 1'024, [](auto& c) -> auto& { return c.limits.in_flight_max; })},
        {"limits.lines_per_participant",
         number(1, 100'000, [](auto& c) -> auto& { return c.limits.lines_per_participant_max; })},
        {"limits.connections_per_address",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.connections_per_address; })},
        {"limits.connections",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.connections; })},
        {"metering.close_after_ms",
         number(0, 86'400'000, [](auto& c) -> auto& { return c.metering.close_after; })},
        {"metering.meters", metering_meters()},
        {"billing.sinks", billing_sinks()},
        {"billing.dead_letters_max",
         number(1, 1'000'000, [](auto& c) -> auto& { return c.billing.dead_letters_max; })},
        {"proof.heads_file", heads_file()},
        {"proof.heads_every_ms",
         number(60'000, 86'400'000, [](auto& c) -> auto& { return c.proof.heads_every; })},
        {"proof.heads_webhook.url", heads_webhook_url()},
        {"proof.heads_webhook.secret_file", heads_webhook_secret_file()},
        {"retention.keep_days",
         number(0, keep_days_max, [](auto& c) -> auto& { return c.retention.standard.keep_days; })},
        {"retention.drop_superseded_partials", drop_superseded_partials()},
        {"retention.accounts", retention_accounts()},
        {"drain_ms", number(0, 600'000, [](auto& c) -> auto& { return c.drain; })},
        {"heartbeat_ms",
         number(1'000, 300'000, [](auto& c) -> auto& { return c.limits.heartbeat; })},
        {"calls.connect_timeout_ms",
         number(1'000, 3'600'000, [](auto& c) -> auto& { return c.calls.connect_timeout; })},
        {"calls.max_duration_ms",
         number(1'000, 86'400'000, [](auto& c) -> auto& { return c.calls.max_duration; })},
        {"calls.reconnect_window_ms",
         number(0, 86'400'000, [](auto& c) -> auto& { return c.calls.reconnect_window; })},
        {"calls.reconnect_window_media_ms",
         number(0, 86'400'000, [](auto& c) -> auto& { return c.calls.reconnect_window_media; })},
        {"consent.recording", consent_recording()},
        {"consent.recording_accounts", consent_recording_accounts()},
    });
    return table;
}

std::unexpected<Error> wrong_setting(std::uint32_t line, std::string_view name,
                                     std::string_view what) {
    return fail(Code::malformed, "config_invalid",
                line == 0 ? fmt::format("{} {}", name, what)
                          : fmt::format("line {}: {} {}", line, name, what));
}

Result<void> set_listen(Config& config, std::string_view text) {
    return read_address(text, config.address, config.port);
}

}  // namespace lifeline::app
