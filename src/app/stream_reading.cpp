#include "app/stream_reading.h"

#include <fmt/format.h>

#include "api/feed.h"
#include "app/offline.h"
#include "contract/event.h"
#include "explain/line_text.h"
#include "journal/verify.h"

namespace lifeline::app {

Result<bool> read_stream(const std::string& folder, const std::string& stream,
                         std::uint64_t& position,
                         const std::function<Result<bool>(const journal::StoredEvent&)>& each) {
    bool found_any = false;
    const auto read = journal::for_each_event(
        {folder}, position, [&](const journal::JournalEvent& found) -> Result<bool> {
            position = found.event.position;
            if (found.stream != stream) return true;
            found_any = true;
            return each(found.event);
        });
    if (!read) return fail(read.error());
    return found_any;
}

Status read_whole_stream(const std::string& folder, const std::string& stream,
                         const std::function<Result<bool>(const journal::StoredEvent&)>& each) {
    if (const auto there = journal_is_there(folder); !there) return fail(there.error());
    std::uint64_t position = 0;
    const auto found = read_stream(folder, stream, position, each);
    if (!found) return fail(found.error());
    if (!*found)
        return fail(Code::not_found, "stream_not_found", stream + " has no event in " + folder);
    return {};
}

std::string event_text(const journal::StoredEvent& event, Output output) {
    if (output == Output::json) return api::event_record_json(event);
    std::string what = "(erased)";
    if (!event.erased) {
        contract::EventChecker checker;
        const auto read = checker.read_stored(event.bytes);
        what = read ? fmt::format("{} {}", read->type_name(), read->payload_json()) : event.bytes;
    }
    return fmt::format("{:>6}  {}  {} {}  {}", event.seq, format_rfc3339(event.recorded_at),
                       explain::line_text(event.actor.kind), explain::line_text(event.actor.id),
                       explain::line_text(what));
}

}  // namespace lifeline::app
