#include "app/settings_sinks.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "app/toml_json.h"
#include "contract/form.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "net/url.h"
#include "tools/table.h"

namespace lifeline::app {

namespace {

using contract::Form;
using contract::Json;
using tools::Table;

constexpr std::size_t sinks_max = 16;
constexpr int attempts_most = 1'000;
constexpr int dedupe_hours_most = 24 * 366 * 10;
constexpr std::string_view stripe_url = "https://api.stripe.com";

std::unexpected<Error> must(std::string_view what) {
    return fail(Code::malformed, "config_invalid", fmt::format("must be {}", what));
}

// What we call it -> what the sink calls it.
void read_names(Table& table, const Json& json, std::string_view key, Form form,
                SinkConfig::Names& into) {
    table.known(key);
    const auto names = json.find(key);
    if (!names) return;
    const bool fits =
        names->is_object() && std::ranges::all_of(names->members(), [form](const auto& one) {
            return contract::matches(form, one.key) && one.value.is_text() &&
                   !one.value.as_text()->empty();
        });
    if (!fits) return table.refuse(key, "must be a table of names: { ours = \"theirs\" }");
    for (const auto& [ours, theirs] : names->members())
        into.emplace(std::string(ours), std::string(*theirs.as_text()));
}

void read_url(Table& table, SinkConfig& sink) {
    table.yes_or_no("allow_http", sink.allow_http);
    if (sink.kind == "stripe") sink.url = stripe_url;
    table.text("url", sink.url);
    while (sink.kind != "webhook" && sink.url.ends_with('/')) sink.url.pop_back();
    const auto url = net::parse_url(sink.url);
    if (!url || (url->scheme != "https" && url->scheme != "http"))
        return table.refuse("url", "must be where the sink is: https://billing.example.com");
    if (!url->is_secure() && !sink.allow_http)
        table.refuse("url", "must be https, unless allow_http = true");
}

void read_key(Table& table, SinkConfig& sink) {
    table.text("key_file", sink.key_file);
    table.text("key_env", sink.key_env);
    if (!sink.key_file.empty() && !sink.key_env.empty())
        return table.refuse("key_env", "and key_file are one too many");
    if (sink.kind != "openmeter" && sink.key_file.empty() && sink.key_env.empty())
        table.refuse("key_file", "or key_env must say where the sink's key is");
}

void read_webhook(Table& table, SinkConfig& sink) {
    table.text("secret_file", sink.secret_file);
    int hours = 0;
    table.whole("dedupe_hours", hours);
    if (!table.has("dedupe_hours")) return;
    if (hours < 2 || hours > dedupe_hours_most)
        return table.refuse("dedupe_hours", fmt::format("must be from 2 to {}", dedupe_hours_most));
    sink.dedupe = std::chrono::hours(hours);
}

void read_kind(Table& table, const Json& json, SinkConfig& sink) {
    // What belongs to another kind is left unread, and so refused.
    if (sink.kind == "jsonl") {
        table.text("file", sink.file);
        if (sink.file.empty()) table.refuse("file", "must name the file");
        return;
    }
    read_url(table, sink);
    if (sink.kind == "webhook") return read_webhook(table, sink);
    read_key(table, sink);
    read_names(table, json, "customers", Form::account_id, sink.customers);
    read_names(table, json, "items", Form::word, sink.items);
    if (sink.kind != "lago") read_names(table, json, "meters", Form::word, sink.meters);
    if (sink.kind == "openmeter") table.text("source", sink.source);
}

void read_from(Table& table, SinkConfig& sink) {
    std::string from;
    table.text("from", from);
    if (from.empty()) return;
    const auto hour = parse_window(from);
    if (!hour) return table.refuse("from", "must be a UTC hour: 2026-11-01T00:00Z");
    sink.from = *hour;
}

Result<SinkConfig> read_sink(const Json& json) {
    Table table("", json);
    SinkConfig sink;
    table.text("name", sink.name);
    if (!contract::matches(Form::word, sink.name))
        table.refuse("name", "must be a word: letters, digits and _.-");
    table.text("kind", sink.kind);
    constexpr std::string_view kinds[] = {"stripe", "openmeter", "lago", "webhook", "jsonl"};
    if (std::ranges::find(kinds, sink.kind) == std::end(kinds)) {
        table.refuse("kind", "must be stripe, openmeter, lago, webhook or jsonl");
    } else {
        read_kind(table, json, sink);
    }
    int attempts = static_cast<int>(sink.attempts);
    table.whole("attempts", attempts);
    if (attempts < 1 || attempts > attempts_most)
        table.refuse("attempts", fmt::format("must be from 1 to {}", attempts_most));
    sink.attempts = static_cast<unsigned>(attempts);
    read_from(table, sink);
    if (const auto read = table.status(); !read) return fail(read.error());
    return sink;
}

void show_names(contract::JsonWriter& json, std::string_view key, const SinkConfig::Names& names) {
    if (names.empty()) return;
    json.key(key).object();
    for (const auto& [ours, theirs] : names) json.key(ours).value(theirs);
    json.end();
}

// As it was written; where its secrets are, not what they are.
void show_sink(contract::JsonWriter& json, const SinkConfig& sink) {
    json.object().key("name").value(sink.name).key("kind").value(sink.kind);
    for (const auto& [key, text] :
         {std::pair<std::string_view, const std::string&>{"url", sink.url},
          {"key_file", sink.key_file},
          {"key_env", sink.key_env},
          {"secret_file", sink.secret_file},
          {"file", sink.file}})
        if (!text.empty()) json.key(key).value(text);
    show_names(json, "customers", sink.customers);
    show_names(json, "items", sink.items);
    show_names(json, "meters", sink.meters);
    if (sink.kind == "openmeter") json.key("source").value(sink.source);
    if (sink.dedupe)
        json.key("dedupe_hours")
            .value(std::chrono::floor<std::chrono::hours>(*sink.dedupe).count());
    json.key("attempts").value(static_cast<std::uint64_t>(sink.attempts));
    if (sink.from) json.key("from").value(text_of(*sink.from));
    if (sink.allow_http) json.key("allow_http").value(true);
    json.end();
}

}  // namespace

Setting billing_sinks() {
    return {.set = [](Config& config, const toml::node& node) -> Result<void> {
                if (!node.is_array()) return must("[[billing.sinks]] tables");
                const auto text = as_json(node);
                if (!text) return fail(text.error());
                const auto json = Json::parse(*text);
                if (!json) return fail(json.error());
                for (const auto& one : json->items()) {
                    if (!one.is_object()) return must("[[billing.sinks]] tables");
                    auto sink = read_sink(one);
                    if (!sink)
                        return fail(Code::malformed, "config_invalid",
                                    fmt::format("of {}: {}",
                                                one.text("name").value_or("a sink without a name"),
                                                sink.error().detail));
                    if (config.billing.sinks.size() >= sinks_max)
                        return must(fmt::format("at most {} sinks", sinks_max));
                    for (const SinkConfig& other : config.billing.sinks)
                        if (other.name == sink->name)
                            return must(fmt::format("sinks of different names: {} is there twice",
                                                    sink->name));
                    config.billing.sinks.push_back(*std::move(sink));
                }
                return {};
            },
            .show =
                [](const Config& config) {
                    contract::JsonWriter json;
                    json.array();
                    for (const SinkConfig& sink : config.billing.sinks) show_sink(json, sink);
                    json.end();
                    return json.take();
                }};
}

}  // namespace lifeline::app
