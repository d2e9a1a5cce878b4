#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "contract/event.h"
#include "contract/json_writer.h"

namespace lifeline::mcp {

// What was said, for an agent: final utterances in the order in which they became so, folded from
// the events of a call. What was cut short counts as far as it was heard.
class TranscriptLines {
public:
    enum class Keep : std::uint8_t { first, last };

    TranscriptLines(std::size_t limit, Keep keep) : limit_(limit), keep_(keep) {}

    // False when it is full, and the event was not taken: whoever asked for the first ones goes on
    // from here next time.
    bool take(const contract::Event& event, std::string_view actor_id, std::uint64_t seq);
    // [{seq, utteranceId, participantId, speaker, text, heard}, ...], oldest first.
    void write(contract::JsonWriter& json) const;

private:
    struct Line {
        std::uint64_t seq = 0;
        std::string id;
        std::string participant_id;
        std::string speaker;
        std::string text;
        bool cut_short = false;
    };
    Line* find(std::string_view id);

    std::size_t limit_;
    Keep keep_;
    std::deque<Line> lines_;
};

}  // namespace lifeline::mcp
