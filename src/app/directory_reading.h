#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/result.h"
#include "identity/directory.h"

namespace lifeline::app {

// The directory of a data folder as its journal has it, for commands that only look. Nothing is
// locked or written, so it can be read beside a running server too. Unlike the directory itself it
// keeps identities in the issuers' own words.
struct DirectoryReading {
    struct Identity {
        std::string user_id;
        bool linked = false;  // By an operator, rather than seen in a token first.
    };

    identity::Directory directory;
    std::map<std::string, std::string> users;                            // Their accounts.
    std::map<std::pair<std::string, std::string>, Identity> identities;  // Issuer, subject.

    Status apply(std::string_view type, std::string_view payload_json);
};

Result<DirectoryReading> read_directory(const std::string& folder);

}  // namespace lifeline::app
