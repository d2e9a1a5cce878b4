#include "net/event_stream.h"

#include <utility>

namespace lifeline::net {

bool EventStreamReader::feed(std::string_view bytes, const Tell& tell) {
    while (!bytes.empty() && !too_long_) {
        if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t end = bytes.find_first_of("\r\n");
        line_ += bytes.substr(0, end);
        if (line_.size() > event_bytes_max_) too_long_ = true;
        if (end == std::string_view::npos || too_long_) break;
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        too_long_ = !line(tell);
        line_.clear();
    }
    return !too_long_;
}

bool EventStreamReader::line(const Tell& tell) {
    std::string_view text = line_;
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (std::exchange(at_start_, false) && text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    if (text.empty()) {
        event_.id = last_id_;
        const StreamEvent event = std::exchange(event_, {});
        if (std::exchange(has_data_, false) && !event.data.empty()) tell(event);
        return true;
    }
    const std::size_t colon = text.find(':');
    if (colon == 0) return true;  // A comment: something to keep the line warm.
    std::string_view value;
    if (colon != std::string_view::npos) value = text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    return field(text.substr(0, colon), value);
}

bool EventStreamReader::field(std::string_view name, std::string_view value) {
    if (name == "data") {
        if (std::exchange(has_data_, true)) event_.data += '\n';
        event_.data += value;
        return event_.data.size() <= event_bytes_max_;
    }
    if (name == "event") event_.type = value.empty() ? "message" : value;
    if (name == "id" && value.find('\0') == std::string_view::npos) last_id_ = value;
    return true;
}

}  // namespace lifeline::net
