#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "journal/journal.h"

namespace lifeline::app {

// The events of one stream in a data folder after a position of the journal, in order, while `each`
// answers true; `position` is how far the journal was read. Gives whether the stream had any event
// there. Nothing is locked or written, so a server may run; the journal is read through, so a long
// one takes a while.
Result<bool> read_stream(const std::string& folder, const std::string& stream,
                         std::uint64_t& position,
                         const std::function<Result<bool>(const journal::StoredEvent&)>& each);
// All of it, from the beginning; stream_not_found where there is none.
Status read_whole_stream(const std::string& folder, const std::string& stream,
                         const std::function<Result<bool>(const journal::StoredEvent&)>& each);

// One event as NDJSON, as REST gives it, or in one line that a person can read and that no terminal
// obeys. Without a line end.
enum class Output { line, json };
std::string event_text(const journal::StoredEvent& event, Output output);

}  // namespace lifeline::app
