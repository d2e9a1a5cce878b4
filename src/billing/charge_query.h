#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/window.h"
#include "pricing/statement.h"

namespace lifeline::billing {

// Which charges and adjustments of an account.
struct ChargeQuery {
    std::string account_id = {};
    std::optional<Window> from = {};  // Hours of the service, from this one on,
    std::optional<Window> to = {};    // up to this one, not included.
    std::uint64_t after = 0;          // After this position of the journal.
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
