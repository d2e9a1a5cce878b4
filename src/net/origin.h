#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lifeline::net {

// The web pages that may use this server: one list for REST (CORS) and for WebSocket. Entries are
// exact origins ("https://app.example.com", "http://localhost:5173", "capacitor://localhost"),
// all names below one ("https://*.example.app": at least one label, and not the name itself), or
// any port of this machine ("http://localhost:*"). There is no entry for "everyone" and none for
// "null".
//
// Immutable; an Origin header is compared as it stands, since browsers write it in one way only.
class OriginList {
public:
    static Result<OriginList> parse(std::span<const std::string> entries);

    bool allows(std::string_view origin) const;
    bool empty() const { return entries_.empty(); }

private:
    struct Entry {
        enum class Kind : std::uint8_t { exact, below, any_port };
        Kind kind;
        std::string prefix;  // The origin; or "https://"; or "http://localhost".
        std::string suffix;  // Of `below`: ".example.app" or ".example.app:8443".
    };
    static Result<Entry> parse_entry(std::string_view text);

    std::vector<Entry> entries_;
};

}  // namespace lifeline::net
