#pragma once

#include <cstddef>
#include <cstdint>

#include "contract/json_writer.h"
#include "transcript/fold.h"

// The last things that were said, as a page shows them that lost its state. Bounded in number and
// in bytes; what is older stands in the events.
namespace lifeline::api::transcript_tail {

inline constexpr std::size_t utterances_max = 200;
inline constexpr std::size_t bytes_max = 256 * 1024;
// So many events are looked at: utterances that began before them are not in the tail.
inline constexpr std::uint64_t events_max = 1'000;

// [{utteranceId, participantId, speaker, text, state}, ...], oldest first.
void write(contract::JsonWriter& json, const transcript::Fold& fold);

}  // namespace lifeline::api::transcript_tail
