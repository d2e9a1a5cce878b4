#pragma once

#include <string>
#include <string_view>

#include "contract/event.h"
#include "contract/tokens.h"
#include "contract/walk.h"

namespace lifeline::contract {

// Reads the event that begins at a token: alone in a text, or inside a publish frame. Shared by
// EventChecker and FrameReader; one per thread.
class EventReader {
public:
    // On success `token` is behind the event. The pointer of an error begins at the event.
    Result<Event> read(const Tokens& tokens, std::uint32_t& token, Sender sender,
                       Strictness strictness);

    std::string_view last_event_id() const { return last_event_id_; }

private:
    struct Parsed {
        Found found;
        EventType type = EventType::custom;
        std::size_t payload_first = 0;
    };
    Result<Parsed> parse(const Tokens& tokens, std::uint32_t& token, Sender sender,
                         Strictness strictness);
    Status parse_envelope(const Tokens& tokens, std::uint32_t& token, Strictness strictness,
                          Found& found);
    Result<EventType> type_of(const Tokens& tokens, const Found& found, Strictness strictness);

    Walk walk_;
    Tokens tight_;  // of an event that had to be minified
    std::string last_event_id_;
};

}  // namespace lifeline::contract
