#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/conversation.h"
#include "base/clock.h"

// What of an agent's words can have been heard.
namespace lifeline::agent {

// As much of it as ends with a whole character.
std::string_view whole_characters(std::string_view text);
std::size_t characters_in(std::string_view text);

// What somebody has heard of `shown` after it was played for so long; all of it where nothing is
// played, but read.
std::string heard_of(std::string_view shown, std::optional<Millis> played,
                     std::string_view channel);

// Of transcript.truncated.
std::string cut_payload(std::string_view utterance_id, std::string_view heard,
                        std::string_view generated, Millis played, std::string_view cause);

// Of orchestration.turn.failed, for a turn that its process could not bring to its end.
std::string restarted_payload(std::string_view turn_id, Millis age);

// Milliseconds since the call connected; 0 before.
std::int64_t millis_in_call(const Conversation& conversation, WallTime now);

}  // namespace lifeline::agent
