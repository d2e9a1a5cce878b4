#include "app/instance_reading.h"

#include "app/offline.h"
#include "contract/event.h"
#include "contract/stream.h"
#include "journal/verify.h"

namespace lifeline::app {

Status read_instance(
    const std::string& folder,
    const std::function<Status(std::string_view type, std::string_view payload_json)>& each) {
    if (const auto there = journal_is_there(folder); !there) return fail(there.error());
    contract::EventChecker checker;
    return journal::for_each_event(
        {folder}, 0, [&](const journal::JournalEvent& found) -> Result<bool> {
            if (found.stream != contract::instance_stream || found.event.erased) return true;
            const auto event = checker.read_stored(found.event.bytes);
            if (!event) return fail(event.error());
            if (const auto taken = each(event->type_name(), event->payload_json()); !taken)
                return fail(taken.error());
            return true;
        });
}

}  // namespace lifeline::app
