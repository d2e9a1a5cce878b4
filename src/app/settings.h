#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "app/config.h"

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml

namespace lifeline::app {

// One thing that can be set: how it is read from a file, and what it is now, as JSON (which, for
// single values, is how TOML writes them too).
struct Setting {
    // A refusal says what the value must be; the name and the line are put before it.
    std::function<Result<void>(Config&, const toml::node&)> set;
    std::function<std::string(const Config&)> show;
};

// Everything a file may set, by its dotted name. What is not here does not exist.
const std::map<std::string, Setting, std::less<>>& settings();

// config_invalid, naming the setting, and its line where it stands in a file (otherwise 0).
std::unexpected<Error> wrong_setting(std::uint32_t line, std::string_view name,
                                     std::string_view what);

// "127.0.0.1:8787", "[::1]:0"
Result<void> set_listen(Config& config, std::string_view text);

}  // namespace lifeline::app
