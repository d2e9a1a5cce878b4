#include "app/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace lifeline::app {

namespace {

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
    return fail(Code::malformed, "config_invalid", fmt::format("{} {}", name, what));
}

using Setter = std::function<Result<void>(Config&, const toml::node&)>;

template <class Target>
Setter text(Target Config::* member) {
    return [member](Config& config, const toml::node& node) -> Result<void> {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong("", "must be a text");
        config.*member = *value;
        return {};
    };
}

// A whole number within bounds, put where `at` says.
template <class At>
Setter number(std::int64_t least, std::int64_t most, At at) {
    return [least, most, at](Config& config, const toml::node& node) -> Result<void> {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < least || *value > most)
            return wrong("", fmt::format("must be a whole number from {} to {}", least, most));
        at(config, *value);
        return {};
    };
}

Result<void> set_origins(Config& config, const toml::node& node) {
    const auto* list = node.as_array();
    if (list == nullptr) return wrong("", "must be a list of origins");
    for (const auto& item : *list) {
        const auto origin = item.value_exact<std::string>();
        if (!origin) return wrong("", "must be a list of texts");
        config.origins.push_back(*origin);
    }
    return {};
}

Result<void> set_log_level(Config& config, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    constexpr std::pair<std::string_view, log::Level> levels[] = {{"debug", log::Level::debug},
                                                                  {"info", log::Level::info},
                                                                  {"warn", log::Level::warn},
                                                                  {"error", log::Level::error}};
    for (const auto& [name, level] : levels) {
        if (value != name) continue;
        config.log_level = level;
        return {};
    }
    return wrong("", "must be debug, info, warn or error");
}

Result<void> set_log_format(Config& config, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value != "text" && value != "json") return wrong("", "must be text or json");
    config.log_format = value == "json" ? log::Format::json : log::Format::text;
    return {};
}

// Every setting there is, by its dotted name. What is not here does not exist.
const std::map<std::string, Setter, std::less<>>& settings() {
    static const std::map<std::string, Setter, std::less<>> table{
        {"public_url", text(&Config::public_url)},
        {"listen",
         [](Config& config, const toml::node& node) -> Result<void> {
             return set_listen(config, node.value_or(std::string()));
         }},
        {"origins", set_origins},
        {"loops", number(1, 64, [](Config& c, auto v) { c.loops = static_cast<std::size_t>(v); })},
        {"log.level", set_log_level},
        {"log.format", set_log_format},
        {"limits.events_per_second",
         number(1, 100'000,
                [](Config& c, auto v) { c.limits.events_per_second = static_cast<unsigned>(v); })},
        {"limits.events_burst",
         number(1, 1'000'000,
                [](Config& c, auto v) { c.limits.events_burst = static_cast<unsigned>(v); })},
        {"limits.in_flight",
         number(1, 1'024, [](Config& c, auto v) { c.limits.in_flight_max = static_cast<int>(v); })},
        {"limits.lines_per_participant", number(1, 100'000,
                                                [](Config& c, auto v) {
                                                    c.limits.lines_per_participant_max =
                                                        static_cast<std::size_t>(v);
                                                })},
        {"limits.connections_per_address", number(1, 1'000'000,
                                                  [](Config& c, auto v) {
                                                      c.connections_per_address =
                                                          static_cast<std::size_t>(v);
                                                  })},
        {"limits.connections",
         number(1, 1'000'000,
                [](Config& c, auto v) { c.connections = static_cast<std::size_t>(v); })},
        {"heartbeat_ms",
         number(1'000, 300'000, [](Config& c, auto v) { c.limits.heartbeat = Millis{v}; })},
        {"calls.connect_timeout_ms",
         number(1'000, 3'600'000, [](Config& c, auto v) { c.calls.connect_timeout = Millis{v}; })},
        {"calls.max_duration_ms",
         number(1'000, 86'400'000, [](Config& c, auto v) { c.calls.max_duration = Millis{v}; })},
        {"calls.reconnect_window_ms",
         number(0, 86'400'000, [](Config& c, auto v) { c.calls.reconnect_window = Millis{v}; })},
        {"calls.reconnect_window_media_ms",
         number(0, 86'400'000,
                [](Config& c, auto v) { c.calls.reconnect_window_media = Millis{v}; })},
    };
    return table;
}

Result<void> read_table(Config& config, const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (name == "issuers") {
            if (const auto read = read_issuers(node, config.issuers); !read) return read;
            continue;
        }
        const auto setting = settings().find(name);
        if (setting != settings().end()) {
            if (const auto set = setting->second(config, node); !set)
                return wrong(name, set.error().detail);
        } else if (const auto* inner = node.as_table()) {
            if (const auto read = read_table(config, *inner, name + "."); !read) return read;
        } else {
            return wrong(name, "is no setting of this version");
        }
    }
    return {};
}

}  // namespace

Result<Config> read_config(const std::filesystem::path& file) {
    Config config;
    if (file.empty()) return config;
    try {
        const toml::table table = toml::parse_file(file.string());
        if (const auto read = read_table(config, table, ""); !read) return fail(read.error());
    } catch (const toml::parse_error& error) {
        return wrong(file.string(),
                     fmt::format("line {}: {}", error.source().begin.line, error.description()));
    }
    return config;
}

Result<void> set_listen(Config& config, std::string_view text) {
    const auto colon = text.rfind(':');
    const auto refused = [&] {
        return wrong("listen", "must be address:port, for instance 127.0.0.1:8787");
    };
    if (colon == std::string_view::npos || colon == 0) return refused();
    std::string_view address = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (port.empty() || error != std::errc{} || end != port.data() + port.size()) return refused();
    config.address = address;
    config.port = number;
    return {};
}

}  // namespace lifeline::app
