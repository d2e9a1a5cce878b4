#pragma once

#include <memory>

#include "base/clock.h"
#include "call/judge.h"
#include "safety/kill_switches.h"
#include "safety/policy.h"
#include "tools/registry.h"

namespace lifeline::rulebook {

// Tools and policy as they stand at one moment, in the words in which a call asks. Immutable: a
// reload makes another, and the calls of every loop go by the one that they were given last.
class Rulebook final : public call::Judge {
public:
    struct Parts {
        tools::Registry tools;
        safety::Policy policy = safety::Policy::standard();
        safety::KillSwitches kill_switches = {};
        Millis confirm_within = std::chrono::minutes(5);  // Where the policy does not say.
        bool engine = false;            // An external one is asked about every action.
        Millis evaluate_within{2'000};  // What takes a moment may take no longer.
    };

    explicit Rulebook(Parts parts);

    std::optional<call::ToolFacts> tool(std::string_view action_type) const override;
    Result<void> check_args(std::string_view action_type,
                            std::string_view args_json) const override;
    call::Ruling rule(const call::Question& question) const override;
    call::Needs needs(std::string_view action_type) const override;
    call::Spoken spoken(std::string_view text, std::string_view language) const override;
    call::Shown show(std::string_view action_type, std::string_view summary,
                     std::string_view args_json) const override;

    const tools::Registry& tools() const { return parts_.tools; }

private:
    Parts parts_;
    std::string version_;  // Of the policy, with the beginning of its hash: "7:1f0c93ab41d2"
};

}  // namespace lifeline::rulebook
