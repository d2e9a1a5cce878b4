#pragma once

#include <cstdint>
#include <memory>
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
// An Origin header is compared as it stands, since browsers write it in one way only. The entries
// never change; the list may be exchanged for another as a whole. Safe from any thread.
class OriginList {
public:
    static Result<OriginList> parse(std::span<const std::string> entries);
    OriginList(OriginList&&) noexcept = default;
    OriginList& operator=(OriginList&&) noexcept = default;

    bool allows(std::string_view origin) const;
    bool empty() const { return entries()->empty(); }
    // From now on, for whoever holds this one, it is that one.
    void replace_by(const OriginList& other);

private:
    struct Entry {
        enum class Kind : std::uint8_t { exact, below, any_port };
        Kind kind;
        std::string prefix;  // The origin; or "https://"; or "http://localhost".
        std::string suffix;  // Of `below`: ".example.app" or ".example.app:8443".
    };
    static Result<Entry> parse_entry(std::string_view text);

    using Entries = std::shared_ptr<const std::vector<Entry>>;
    struct Shared;
    explicit OriginList(std::vector<Entry> entries);
    Entries entries() const;

    std::shared_ptr<Shared> shared_;
};

}  // namespace lifeline::net
