#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "contract/event.h"
#include "contract/json_writer.h"

namespace lifeline::api {

// The last things that were said, as a page shows them: folded from the last events of a call, in
// order. Bounded in number and in bytes; what is older stands in the events.
class TranscriptTail {
public:
    static constexpr std::size_t utterances_max = 200;
    static constexpr std::size_t bytes_max = 256 * 1024;
    // So many events are looked at: utterances that began before them are not in the tail.
    static constexpr std::uint64_t events_max = 1'000;

    void take(const contract::Event& event, std::string_view actor_id);
    // [{utteranceId, participantId, speaker, text, state}, ...], oldest first.
    void write(contract::JsonWriter& json) const;

private:
    struct Utterance {
        std::string id;
        std::string participant_id;
        std::string speaker;
        std::string text;
        std::string_view state = "started";  // started, partial, final, truncated, failed.
    };
    Utterance& find(std::string_view id, std::string_view actor_id);
    void drop_oldest();

    std::deque<Utterance> utterances_;
};

}  // namespace lifeline::api
