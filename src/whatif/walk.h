#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call/judge.h"
#include "call/state.h"
#include "safety/policy.h"
#include "whatif/comparison.h"
#include "whatif/counts.h"
#include "whatif/evaluation.h"
#include "whatif/recorded.h"

namespace lifeline::whatif {

// Asks another policy every question that was asked of the one in force, with the facts of that
// moment: the fold of the call up to there, and the counts of that day. That it is the same
// question is proved, not assumed: what is asked again must have the inputsHash that was recorded,
// or the answer is unknown.
//
// What was decided then stays: each question is asked on the history that was recorded, not on the
// one that the other policy would have led to. What was stopped by hand stays stopped, and an
// external engine's word is the one that it gave. Pure, and nothing that acts can be reached from
// here (tools/check_rooms.py): it only reads.
class Walk {
public:
    struct Wanted {
        std::string session = {};            // Empty: of all calls.
        std::optional<WallTime> since = {};  // What was judged from then on.
    };

    Walk(safety::Policy policy, Wanted wanted);

    // False for what can be left out unread.
    bool looks_at(std::string_view stream, std::string_view bytes) const;
    // The events of the whole journal in their order.
    void take(const Recorded& recorded);

    const std::vector<Comparison>& comparisons() const { return comparisons_; }
    std::size_t calls() const;  // With a judgement among the comparisons.
    // Events of the calls and the time asked for of which nothing is known any more.
    std::size_t erased() const { return erased_; }

private:
    // What the other policy said last of an action, and what that rested on.
    struct Last {
        call::Ruling::Outcome outcome = call::Ruling::Outcome::deny;
        contract::Risk risk = contract::Risk::high_risk_external_send;
        call::Facts facts;
        std::optional<std::size_t> open;  // Its comparison, until it is said who was asked.
    };
    struct OfCall {
        std::string account_id;
        std::string owner_id;
        bool lost = false;                 // Something of it was erased.
        std::optional<call::State> state;  // Nothing once it is over, and of calls not asked for.
        std::map<std::string, Last, std::less<>> last;
    };

    OfCall& call_of(const Recorded& recorded);
    bool in_time(const Recorded& recorded) const;
    void fold(OfCall& call, const Recorded& recorded);
    void judged(OfCall& call, const Recorded& recorded);
    std::optional<Ruled> asked_again(OfCall& call, const call::Action& action,
                                     const Evaluation& evaluation, const Recorded& recorded,
                                     std::string& why_unknown);
    void began(OfCall& call, const Recorded& recorded);
    void asked_whom(OfCall& call, const contract::Event& event);
    void over_unjudged(const call::Action& action, const Recorded& recorded);

    std::shared_ptr<const call::Judge> judge_;
    Wanted wanted_;
    Counts counts_;
    std::map<std::string, OfCall, std::less<>> calls_;
    std::vector<Comparison> comparisons_;
    std::size_t erased_ = 0;
};

}  // namespace lifeline::whatif
