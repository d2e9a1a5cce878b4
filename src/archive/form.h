#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/line.h"
#include "base/result.h"
#include "journal/journal.h"

namespace lifeline::archive {

// What an archive is of, around the rows and what was signed of them: one call, or what a statement
// follows from.
class Form {
public:
    virtual ~Form() = default;

    // The first line; of `head` whatever the journal says of itself.
    virtual std::string head(const Head& head) = 0;
    // The line of an event, in the order of the journal. Refused where it is not the next one.
    virtual Result<std::string> record(std::string_view stream, const journal::StoredEvent& stored,
                                       const Record& line) = 0;
    // What follows from all of them.
    virtual std::vector<std::string> tail(std::string_view epoch) = 0;
    // What the last line's signature covers.
    virtual std::string end_message(const Digest& digest) const = 0;
};

}  // namespace lifeline::archive
