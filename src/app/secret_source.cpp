#include "app/secret_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace lifeline::app {

namespace {

// A secret has no line break in it, and one would end the header that carries it: a file that was
// written elsewhere may end its lines with a carriage return.
std::string first_line(std::string text) {
    text.resize(std::min(text.size(), text.find_first_of("\r\n")));
    return text;
}

}  // namespace

Result<Secret<std::string>> read_secret_file(std::string_view setting, const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    line = first_line(std::move(line));
    if (line.empty())
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{}: {} cannot be read, or is empty", setting, path));
    return Secret<std::string>(std::move(line));
}

Result<Secret<std::string>> read_secret(std::string_view prefix, const std::string& key_file,
                                        const std::string& key_env) {
    if (!key_file.empty()) return read_secret_file(fmt::format("{}.key_file", prefix), key_file);
    if (key_env.empty()) return Secret<std::string>();
    const char* value = std::getenv(key_env.c_str());
    std::string secret = value == nullptr ? std::string() : first_line(value);
    if (secret.empty())
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{}.key_env: {} is not set", prefix, key_env));
    return Secret<std::string>(std::move(secret));
}

}  // namespace lifeline::app
