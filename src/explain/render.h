#pragma once

#include <string>

#include "explain/story.h"

namespace lifeline::explain {

// For people: one line for each entry, with its reasons and steps beneath it, and what is odd at
// the end. `!` is worth a look, `!!` went wrong, `#12` is the event of that seq.
std::string to_plain(const Story& story);

// For programs, without a line end:
// {"sessionId","from","head","events","over","turns":{"count","waitedMedianMs","waitedMostMs"},
//  "entries":[{"kind","severity","seq","lastSeq","at","offsetMs","who","about","what",
//  "why":[{"seq","what"}],"tookMs","waitedMs","steps":[{"seq","offsetMs","what"}]}],
//  "anomalies":[{"code","severity","seq","about","what"}]}
// `about`, `why`, the times and `steps` only where there are any.
std::string to_json(const Story& story);

}  // namespace lifeline::explain
