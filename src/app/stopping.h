#pragma once

#include "app/effects.h"
#include "app/instance_log.h"
#include "base/loop.h"
#include "base/random.h"
#include "journal/journal.h"
#include "safety/switchboard.h"

namespace lifeline::app {

// Kill switches beyond one call: written down first, then told to the calls of every loop, and
// answered when nothing is claimed any more that they stop. May be asked from any loop; lives on
// the first one.
class Stopping {
public:
    using Done = journal::Done<safety::Switchboard>;

    Stopping(Loop& home, InstanceLog& log, Effects& effects, Random& random)
        : home_(home), log_(log), effects_(effects), random_(random) {}

    // What the journal says is in force, before any call is taken up.
    void restore(std::move_only_function<void()> in_force);
    // Whether the asker may is for the caller to find out first.
    void change(safety::StopChange change, Loop& from, Done done);
    void look(Loop& from, Done done);

private:
    Loop& home_;
    InstanceLog& log_;
    Effects& effects_;
    Random& random_;  // Of the home loop.
};

}  // namespace lifeline::app
