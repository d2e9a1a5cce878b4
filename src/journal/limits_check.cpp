#include "journal/limits_check.h"

#include <fmt/format.h>

namespace lifeline::journal {

namespace {

bool fits(std::string_view text) {
    return text.size() <= limits::name_bytes_max;
}

}  // namespace

Status check_name(const std::string& stream) {
    if (stream.empty() || !fits(stream))
        return fail(Code::malformed, "id_invalid",
                    fmt::format("a stream's name has 1 to {} bytes", limits::name_bytes_max));
    return {};
}

Result<std::size_t> check_batch(const std::vector<Draft>& batch) {
    if (batch.empty()) return fail(Code::malformed, "batch_empty", "an append without an event");
    if (batch.size() > limits::append_events_max)
        return fail(Code::too_large, "batch_too_large",
                    fmt::format("{} events in one append", batch.size()));
    std::size_t bytes = 0;
    for (const Draft& draft : batch) {
        if (draft.event_id.empty() || !fits(draft.event_id) || !fits(draft.cause) ||
            !fits(draft.actor.kind) || !fits(draft.actor.id))
            return fail(Code::malformed, "id_invalid",
                        fmt::format("an id, cause or actor over {} bytes", limits::name_bytes_max));
        bytes += draft.bytes.size();
    }
    if (bytes > limits::append_bytes_max)
        return fail(Code::too_large, "batch_too_large",
                    fmt::format("{} bytes in one append", bytes));
    return bytes;
}

}  // namespace lifeline::journal
