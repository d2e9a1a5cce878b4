#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/feed.h"
#include "journal/journal.h"

namespace lifeline::api {

// Some of a stream's events, from a cursor on.
struct EventPage {
    std::vector<journal::StoredEvent> events;
    std::uint64_t head = 0;
    std::uint64_t last = 0;  // Where the next one goes on; the head when this is the last.
};

// epoch_changed and cursor_ahead for a cursor that leads nowhere. On the stream's loop.
void read_event_page(journal::Stream& stream, EventCursor cursor, std::size_t limit,
                     journal::Done<EventPage> done);

std::string event_page_json(const EventPage& page, const std::string& epoch);

}  // namespace lifeline::api
