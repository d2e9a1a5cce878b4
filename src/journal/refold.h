#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"

// What a view does when contents of a stream were erased: it forgets what it made of that stream,
// and reads it again as it is now. So a view that saw the contents and one that is made anew say
// the same.
namespace lifeline::journal {

// The record that contents of its stream are gone, or nothing.
struct ErasedIn {
    std::string stream;
    std::string kept_json;  // What is kept of a call's frame; empty for a document, which is gone.
    bool gone = false;      // Nothing of the stream is left.
};
// Every stream of which one of these says so, each once, by its last record.
std::vector<ErasedIn> erased_in(const std::vector<JournalEvent>& events);

// A call's events as a view is to read them: where its frame was erased, or may be at any moment,
// what is kept of it stands there instead.
std::vector<JournalEvent> with_kept_frame(const ErasedIn& erased, std::vector<JournalEvent> events);

}  // namespace lifeline::journal
