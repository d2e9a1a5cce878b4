#pragma once

#include <cstddef>
#include <vector>

#include "document/patch.h"
#include "document/place.h"

namespace lifeline::document {

// Carries a patch that was written on an older revision over what was done since. Both are
// addresses of places: positions in arrays move with what was put in or taken out before them, in
// the patch for what was done, and in what was done for what the patch itself does before. Two
// edits cross when one wrote, moved or looked at what the other changed: at the same place, around
// it or within it. Who only puts something in at the same position of an array does not cross; the
// later one comes behind.
class Rebase {
public:
    explicit Rebase(Patch patch) : patch_(std::move(patch)), crossed_(patch_.size(), false) {}

    // What was done next, in order. True when the patch crosses it.
    bool over(std::vector<Effect> done);

    const Patch& patch() const { return patch_; }
    // Which of its operations crossed something.
    const std::vector<bool>& crossed() const { return crossed_; }

private:
    Patch patch_;
    std::vector<bool> crossed_;
};

}  // namespace lifeline::document
