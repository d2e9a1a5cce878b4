#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pricing/statement.h"
#include "pricing/window.h"

namespace lifeline::billing {

// Which charges and adjustments of an account.
struct ChargeQuery {
    std::string account_id = {};
    std::optional<pricing::Window> from = {};  // Hours of the service, from this one on,
    std::optional<pricing::Window> to = {};    // up to this one, not included.
    std::uint64_t after = 0;                   // After this position of the journal.
    std::size_t limit = 100;
};

// One of them as it was written.
struct EntryRow {
    std::string id;
    std::string type;
    std::uint64_t seq = 0;  // In the account's stream.
    std::uint64_t position = 0;
    std::string payload_json;
};

}  // namespace lifeline::billing
