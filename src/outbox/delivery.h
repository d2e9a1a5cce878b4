#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/window.h"

namespace lifeline::outbox {

// A charge or an adjustment, as its account's stream has it.
struct Charge {
    std::string id;
    std::string account_id;
    std::string type;
    std::string ts;
    std::uint64_t position = 0;
    std::string payload_json;
};

// Where a charge stands at a sink. Of what was never written there is nothing: it waits.
enum class State : std::uint8_t { waiting, delivered, parked, discarded };
std::string_view to_text(State state);

// What became of a charge at one sink.
struct Delivery {
    std::string sink;
    State state = State::waiting;
    std::uint64_t attempts = 0;
    std::string dead_letter_id = {};  // Where it waits for a person.
};

// Something that a sink is to be told.
struct Open {
    Charge charge;
    std::string redriven_at = {};  // Empty: no person has said so.
};

// What waits for a person, or was given up.
struct DeadLetter {
    std::string id;  // Follows from the sink and the charge.
    std::string sink;
    Charge charge;
    std::string because;
    std::uint64_t attempts = 0;
    std::optional<std::uint64_t> status = {};  // Of the sink's last answer.
    std::string message;
    std::string parked_at;
    std::uint64_t position = 0;  // Where it was parked.
    bool discarded = false;
};
std::string dead_letter_id(std::string_view sink, std::string_view charge_id);

struct DeadLetterQuery {
    std::string sink = {};  // Empty: of all.
    std::string account_id = {};
    std::string because = {};
    std::uint64_t after = 0;  // Parked after this position.
    std::size_t limit = 100;
};

struct OpenQuery {
    std::string sink;
    std::optional<Window> from = {};  // Only hours of the service from this one on.
    std::uint64_t after = 0;          // Booked after this position.
    std::size_t limit = 100;
};

// Of the charges of one sink, each once.
struct Counts {
    std::uint64_t waiting = 0;
    std::uint64_t delivered = 0;
    std::uint64_t parked = 0;
    std::uint64_t discarded = 0;
    std::string oldest = {};  // When the oldest that waits was booked; empty: none does.
};

}  // namespace lifeline::outbox
