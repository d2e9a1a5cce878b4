#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/event_type.h"
#include "contract/field_names.h"  // field::transcript_final::text, ...
#include "contract/record.h"

namespace lifeline::contract {

// An event that has passed the check: parsed once, at the edge, into something that cannot be
// wrong. json() is what is stored and what is sent: the six keys in the sender's order, without
// space. Whether its sender may publish it is may_publish(role, type()).
class Event : public Record {
public:
    EventType type() const { return type_; }
    std::string_view type_name() const;  // "x.cursor" where type() is custom
    std::string_view id() const;         // eventId
    std::string_view stream() const;     // sessionId
    std::string_view ts() const;
    std::string_view payload_json() const;
    // What a later event must agree on to supersede this one; empty when none can.
    std::string_view supersede_value() const;
    // A text of the payload by its name, for rules that hold for many types; nothing where this
    // type or this event has none.
    std::optional<std::string_view> find_text(std::string_view name) const;

private:
    friend class EventReader;
    Event(std::string json, Found found, EventType type, std::size_t payload_first);

    EventType type_;
};

enum class Sender {
    client,  // Ids that begin with ll_ are refused.
    server,
};

// Bytes in, an event or the reason why not out. Holds its buffers from one event to the next; one
// per thread.
class EventChecker {
public:
    EventChecker();
    ~EventChecker();

    // Everything that contract and schema say, and nothing that they do not.
    Result<Event> check(std::string_view bytes, Sender sender = Sender::client);

    // Bytes of our own journal, which may have been written by a newer version: fields, words and
    // types that are not known are passed over (an unknown type reads as custom).
    Result<Event> read_stored(std::string_view bytes);

    // The eventId of the last bytes, if it could be read: a refusal names what it refuses.
    std::string_view last_event_id() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// An event of the server's own making, as JSON. `payload_json` is an object without spaces.
std::string event_json(std::string_view event_id, std::string_view stream, std::string_view ts,
                       std::string_view type, std::string_view payload_json);

}  // namespace lifeline::contract
