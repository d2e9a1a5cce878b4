#pragma once

#include "api/policy_in_force.h"
#include "app/config.h"
#include "app/effects.h"
#include "app/instance_log.h"
#include "base/loop.h"
#include "base/random.h"
#include "journal/journal.h"
#include "safety/policy_record.h"

namespace lifeline::app {

// Which safety policy is in force: that of the file which the configuration names; without one what
// was put last, from the journal; else the standard one. What is put is written down first, then
// told to the calls of every loop, and answered when none of them goes by the old one. May be asked
// from any loop; lives on the first one.
class Policies {
public:
    using Done = journal::Done<api::PolicyInForce>;

    // `config` is what is in force and kept so; `file` its policy, the standard one without a file.
    Policies(Loop& home, InstanceLog& log, Effects& effects, Random& random, const Config& config,
             safety::Policy file)
        : home_(home),
          log_(log),
          effects_(effects),
          random_(random),
          config_(config),
          file_(std::move(file)) {}

    // What the journal has, before any call is taken up: policy_invalid where this version cannot
    // read it, since to go by another one would be to guess.
    Status restore();
    // The configuration was read again.
    void take_file(safety::Policy policy);
    // Whether the asker may is for the caller to find out first.
    void change(safety::PolicyChange change, Loop& from, Done done);
    void look(Loop& from, Done done);

private:
    bool by_file() const { return !config_.policy_file.empty(); }
    Result<api::PolicyInForce> in_force() const;

    Loop& home_;
    InstanceLog& log_;
    Effects& effects_;
    Random& random_;  // Of the home loop.
    const Config& config_;
    safety::Policy file_;
    bool changing_ = false;  // One is on its way to the disk.
};

}  // namespace lifeline::app
