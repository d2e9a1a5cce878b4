#include "app/secret_source.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <utility>

namespace lifeline::app {

Result<Secret<std::string>> read_secret_file(std::string_view setting, const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line) || line.empty())
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{}: {} cannot be read, or is empty", setting, path));
    return Secret<std::string>(std::move(line));
}

Result<Secret<std::string>> read_secret(std::string_view prefix, const std::string& key_file,
                                        const std::string& key_env) {
    if (!key_file.empty()) return read_secret_file(fmt::format("{}.key_file", prefix), key_file);
    if (key_env.empty()) return Secret<std::string>();
    const char* value = std::getenv(key_env.c_str());
    if (value == nullptr || *value == '\0')
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{}.key_env: {} is not set", prefix, key_env));
    return Secret<std::string>(value);
}

}  // namespace lifeline::app
