#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/window.h"

namespace lifeline::app {

// One [[billing.sinks]]: where charges go, and how it is spoken to.
struct SinkConfig {
    using Names = std::map<std::string, std::string, std::less<>>;

    std::string name = {};  // What is delivered is known by it.
    std::string kind = {};  // "stripe", "openmeter", "lago", "webhook", "jsonl"
    std::string url = {};
    std::string key_file = {};
    std::string key_env = {};
    std::string secret_file = {};
    std::string file = {};
    Names customers = {};  // By account.
    Names items = {};      // By item of the card.
    Names meters = {};     // By item of the card.
    std::string source = "lifeline";
    std::optional<Millis> dedupe = {};  // Nothing: as long as it keeps the charge.
    unsigned attempts = 12;
    std::optional<Window> from = {};  // Hours of the service before are nothing to it.
    bool allow_http = false;
};

struct SinksConfig {
    std::vector<SinkConfig> sinks = {};
    // Of one sink. With as many nothing more is sent there until somebody has looked.
    std::size_t dead_letters_max = 10'000;
};

}  // namespace lifeline::app
