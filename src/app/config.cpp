#include "app/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <string_view>

#include "app/config_tools.h"
#include "app/settings.h"
#include "base/check.h"

namespace lifeline::app {

namespace {

Result<void> read_one(Config& config, const std::string& name, const Setting& setting,
                      const toml::node& node) {
    const auto line = node.source().begin.line;
    if (const auto set = setting.set(config, node); !set)
        return wrong_setting(line, name, set.error().detail);
    config.sources[name] = Source::file;
    return {};
}

// As the command line writes it: public_url is --public-url.
std::string flag_of(std::string_view name) {
    std::string flag = fmt::format("--{}", name);
    std::ranges::replace_if(flag, [](char c) { return c == '_' || c == '.'; }, '-');
    return flag;
}

Result<void> read_table(Config& config, const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (name == "issuers") {
            if (const auto read = read_issuers(node, config.issuers); !read) return read;
            continue;
        }
        if (name == "agents") {
            if (const auto read = read_agents(node, config.agents); !read) return read;
            continue;
        }
        if (name == "tools" || name == "mcp") {
            const auto read =
                name == "mcp" ? read_mcp_servers(node, config) : read_tools(node, config);
            if (!read) return read;
            continue;
        }
        const auto setting = settings().find(name);
        if (setting != settings().end()) {
            if (const auto read = read_one(config, name, setting->second, node); !read) return read;
        } else if (const auto* inner = node.as_table()) {
            if (const auto read = read_table(config, *inner, name + "."); !read) return read;
        } else {
            return wrong_setting(key.source().begin.line, name, "is no setting of this version");
        }
    }
    return {};
}

}  // namespace

Result<Config> read_config(const std::filesystem::path& file) {
    Config config;
    if (file.empty()) return config;
    const auto of_file = [&](std::string_view what) {
        return fail(Code::malformed, "config_invalid", fmt::format("{}: {}", file.string(), what));
    };
    try {
        const toml::table table = toml::parse_file(file.string());
        if (const auto read = read_table(config, table, ""); !read)
            return of_file(read.error().detail);
        if (const auto sound = check_tools(config); !sound) return of_file(sound.error().detail);
        if (config.tls.certificate.empty() != config.tls.key.empty())
            return of_file("tls.certificate and tls.key belong together");
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        return of_file(line == 0 ? std::string(error.description())
                                 : fmt::format("line {}: {}", line, error.description()));
    }
    return config;
}

Result<void> set_by_flag(Config& config, std::string_view name, std::string_view text) {
    const auto setting = settings().find(name);
    CHECK(setting != settings().end());
    const toml::value<std::string> value{std::string(text)};
    if (const auto set = setting->second.set(config, value); !set)
        return wrong_setting(0, flag_of(name), set.error().detail);
    config.sources[std::string(name)] = Source::flag;
    return {};
}

Result<void> add_origins_by_flag(Config& config, const std::vector<std::string>& origins) {
    toml::array list;
    for (const auto& origin : origins) list.push_back(origin);
    if (const auto set = settings().at("origins").set(config, list); !set)
        return wrong_setting(0, "--origin", set.error().detail);
    auto& source = config.sources["origins"];
    source = source == Source::file ? Source::file_and_flag : Source::flag;
    return {};
}

}  // namespace lifeline::app
