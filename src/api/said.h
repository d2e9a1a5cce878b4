#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "transcript/fold.h"

// What was said in a call, read from its events.
namespace lifeline::api {

struct SaidRange {
    std::string session_id;
    std::uint64_t after = 0;
    std::uint64_t until = 0;  // This one, too.
};

// Folds the range chunk by chunk; `bound` may make what is kept smaller after each. `done` is
// called once, on `loop`.
void read_said(journal::Journal& journal, Loop& loop, SaidRange range,
               std::function<void(transcript::Fold&)> bound, journal::Done<transcript::Fold> done);

}  // namespace lifeline::api
