#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace lifeline::app {

// The first line of a file that holds nothing else; config_invalid names the setting.
Result<Secret<std::string>> read_secret_file(std::string_view setting, const std::string& path);

// From a file or from an environment variable, whichever is named; empty where neither is.
Result<Secret<std::string>> read_secret(std::string_view prefix, const std::string& key_file,
                                        const std::string& key_env);

}  // namespace lifeline::app
