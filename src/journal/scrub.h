#pragma once

#include "base/result.h"
#include "journal/chain_walk.h"
#include "journal/event_reader.h"

namespace lifeline::journal {

// Checks, a slice at a time between other reads, what a start took a seal's word for: every row
// from the first up to the sealed one.
class Scrub {
public:
    Scrub(std::vector<Epoch> epochs, const HeadMark& seal);

    // One slice. True when there is more to do; corrupt names what was found.
    Result<bool> next(EventReader& reader);

private:
    ChainWalk chain_;
    HeadMark seal_;
};

}  // namespace lifeline::journal
