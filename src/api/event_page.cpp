#include "api/event_page.h"

#include <utility>

namespace lifeline::api {

void read_event_page(journal::Stream& stream, EventCursor cursor, std::size_t limit,
                     journal::Done<EventPage> done) {
    const std::uint64_t head = stream.head();
    if (const auto served = can_be_served(cursor, head); !served) return done(fail(served.error()));
    stream.read(
        cursor.after, {.events = limit, .bytes = 4 * 1024 * 1024},
        [head, done = std::move(done)](Result<std::vector<journal::StoredEvent>> events) mutable {
            if (!events) return done(fail(events.error()));
            const std::uint64_t last = events->empty() ? head : events->back().seq;
            done(EventPage{std::move(*events), head, last});
        });
}

std::string event_page_json(const EventPage& page, const std::string& epoch) {
    contract::JsonWriter json;
    json.object();
    json.key("epoch").value(epoch);
    json.key("headSeq").value(page.head);
    json.key("events").array();
    for (const auto& event : page.events) json.raw(event_record_json(event));
    json.end();
    if (page.last < page.head) json.key("next").value(page.last);
    json.end();
    return json.take();
}

}  // namespace lifeline::api
