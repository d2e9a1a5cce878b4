#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/conversation.h"
#include "agent/outbox.h"
#include "agent/spend.h"
#include "contract/event.h"

namespace lifeline::agent {

// What a billing.usage.reported of ours says; nothing for other meters.
std::optional<Ledger::Record> usage_record(const contract::Event& event);

// A model call of an agent's turn, when it is over, however it ended.
struct ModelCall {
    const Conversation& conversation;
    std::string_view turn_id;
    std::size_t number = 1;  // Among those of its turn.
    std::string_view driver;
    std::string_view model;
    Usage usage = {};
    std::int64_t guess = 0;  // Tokens, where it was not told how many.
    const Prices& prices;
};

// Counts it, and writes it into the call under a name that every process gives it. What was not
// told is not known, and says so.
Amount record_usage(const ModelCall& call, Ledger& ledger, Outbox& outbox, WallTime now);

}  // namespace lifeline::agent
