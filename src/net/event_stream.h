#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lifeline::net {

// One event of a text/event-stream.
struct StreamEvent {
    std::string type = "message";
    std::string data;
    std::string id;
};

// Reads a text/event-stream (server-sent events) however it is cut: lines end with CR, LF or both,
// data lines are joined by LF, comments and unknown fields are skipped, an event without data is
// none, and one that the stream's end cuts off is not told.
class EventStreamReader {
public:
    // `event_bytes_max`: of an event's data, and of any line.
    explicit EventStreamReader(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

    // False from the first event or line on that is too long.
    using Tell = std::function<void(const StreamEvent&)>;
    bool feed(std::string_view bytes, const Tell& tell);

private:
    bool line(const Tell& tell);
    bool field(std::string_view name, std::string_view value);

    std::size_t event_bytes_max_;
    std::string line_;
    StreamEvent event_;
    std::string last_id_;
    bool has_data_ = false;
    bool after_cr_ = false;
    bool at_start_ = true;  // A byte order mark may stand there.
    bool too_long_ = false;
};

}  // namespace lifeline::net
