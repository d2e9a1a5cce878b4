#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/conversation.h"
#include "base/clock.h"

namespace lifeline::agent {

// How patient an agent is.
struct Pace {
    Millis debounce{300};  // After the last word before it answers: people add one.
    // An utterance that was begun and of which nothing came since is no reason to wait longer, nor
    // is a microphone that was on.
    Millis stale{20'000};
    Millis floor_held{10'000};    // How long "the person has the floor" keeps it silent.
    Millis after_failure{5'000};  // Doubled for each one in a row; only for what nobody asked.
    int attempts_max = 4;         // What could not be answered four times will not be the fifth.
    int alone_max = 6;  // Turns in a row that answer nobody: results that lead to results.
};

// What an agent has to do now, by what its call's events say.
struct TurnDecision {
    enum class What : std::uint8_t {
        rest,      // Nothing, until something happens.
        wait,      // Nothing before `until`, unless something happens.
        begin,     // A turn.
        barge_in,  // The turn that runs is not wanted any more.
        recover,   // A turn is open that nobody runs: its process died.
        leave,     // The call is over, or the agent is out of it.
    };
    What what = What::rest;
    WallTime until = {};
    std::vector<std::string> inputs = {};   // begin: the utterances that it answers
    std::vector<std::string> results = {};  // begin: actions whose outcome it tells
    int attempt = 1;
    std::string turn_id = {};  // recover, barge_in

    friend bool operator==(const TurnDecision&, const TurnDecision&) = default;
};

// Pure. `running` is the turn that this process runs, empty for none.
TurnDecision decide_turn(const Conversation& conversation, const Pace& pace, WallTime now,
                         std::string_view running);

}  // namespace lifeline::agent
