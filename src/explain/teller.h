#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "explain/actions.h"
#include "explain/outages.h"
#include "explain/turns.h"
#include "explain/watch.h"
#include "transcript/fold.h"

namespace lifeline::explain {

// Makes a story of the events of one call, which come in order, each once. Pure: it reads no clock,
// and nothing but what it is given. What was redacted is in no story.
class Teller {
public:
    explicit Teller(std::string session_id) { story_.session_id = std::move(session_id); }

    void take(const Recorded& recorded);
    // As far as it was taken.
    Story tell() const;

private:
    // What is kept of an event so that a later one may name it as its cause.
    struct Seen {
        std::uint64_t seq = 0;
        WallTime at;
        std::string cause;
        std::string what;
    };

    void remember(const Recorded& recorded);
    void tell_alone(const Recorded& recorded);
    std::vector<Reason> reasons(std::string_view cause) const;
    void tell_speech(Story& story) const;

    Story story_;
    Cast cast_;
    Actions actions_;
    Turns turns_;
    Outages outages_;
    Watch watch_;
    transcript::Fold speech_;
    std::unordered_map<std::string, Seen> seen_;           // By eventId.
    std::unordered_map<std::uint64_t, WallTime> said_at_;  // By seq, of what says something.
};

}  // namespace lifeline::explain
