#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/conversation.h"
#include "agent/settings.h"
#include "rerun/recorded_turn.h"
#include "whatif/recorded.h"
#include "whatif/walk.h"

namespace lifeline::rerun {

// The recorded turns of agents, each with the prompt that another agent would be given in its
// place: everything that was recorded before it, folded as for the agent that it was, under the
// other's persona. The journal is read twice: first to choose, so that only calls with a turn that
// is wanted are folded.
class Turns {
public:
    // The first `most` turns are taken; each may cost something.
    Turns(whatif::Walk::Wanted wanted, std::size_t most, const agent::AgentSettings& settings);

    void choose(const whatif::Recorded& recorded);
    void take(const whatif::Recorded& recorded);
    // Both readings are over.
    std::vector<RecordedTurn> all();
    std::size_t left_out() const { return left_out_; }

private:
    using Seat = std::pair<std::string, std::string>;  // The call, and the agent in it.

    bool is_chosen(const whatif::Recorded& recorded) const;
    agent::Conversation& conversation_of(const Seat& seat);
    void prepare();
    void began(const whatif::Recorded& recorded);
    void goes_on(RecordedTurn& turn, const whatif::Recorded& recorded);
    void ended(const std::string& turn_id, std::string state, std::string text, std::string why);
    void answer_what_is_open(RecordedTurn& turn);
    agent::Prompt prompt_of(const Seat& seat, const std::string& turn_id);

    whatif::Walk::Wanted wanted_;
    std::size_t most_;
    const agent::AgentSettings& settings_;
    bool prepared_ = false;
    std::size_t left_out_ = 0;
    std::set<std::pair<std::string, std::uint64_t>> chosen_;  // The call, and where it began.
    std::map<std::string, std::set<std::string>, std::less<>> agents_;  // By call.
    std::map<std::string, std::string, std::less<>> continues_;
    std::set<std::string, std::less<>> lost_;  // Calls of which something was erased.
    std::map<Seat, std::unique_ptr<agent::Conversation>> conversations_;
    std::vector<RecordedTurn> open_;
    std::vector<RecordedTurn> over_;
};

}  // namespace lifeline::rerun
