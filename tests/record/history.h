#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "contract/event.h"
#include "journal/memory_journal.h"

namespace lifeline::record {

// A history as a house could have it, one event after the other, as chance wants it: calls in which
// people speak at once, whose words are understood up to 40 s after they began and in any order,
// actions that are judged, documents that are edited.
class History {
public:
    History(Random& chance, VirtualClock& clock, journal::Journal& journal)
        : chance_(chance), clock_(clock), journal_(journal) {}

    // One more event, or some time goes by.
    void step();
    // What is still to be understood is; every call ends.
    void finish();

    // What a call's transcript has to be: in the order in which each was begun.
    struct Said {
        std::string utterance_id;
        std::string text;
        friend bool operator==(const Said&, const Said&) = default;
    };
    const std::vector<Said>& said(const std::string& call) const { return calls_.at(call).said; }
    std::vector<std::string> calls() const;

private:
    struct Call {
        std::vector<Said> said;
        bool over = false;
        int actions = 0;
    };
    struct Late {
        std::string call;
        std::size_t said = 0;  // Which of the call's.
        std::string by;
    };
    void append(const std::string& stream, const std::string& type, const std::string& payload,
                const std::string& by);
    void begin_call();
    void begin_utterance(const std::string& id, Call& call);
    void understand(const Late& late);
    void understand_what_is_due();
    void act(const std::string& id, Call& call);
    void write_document();
    void end(const std::string& id, Call& call);
    std::string somebody();

    Random& chance_;
    VirtualClock& clock_;
    VirtualLoop writing_;  // Its own, so that what is written is durable before anything else runs.
    journal::Journal& journal_;
    std::map<std::string, std::unique_ptr<journal::Stream>> streams_;
    std::map<std::string, Call> calls_;
    std::multimap<WallTime, Late> late_;  // By when they are understood.
    contract::EventChecker checker_;
    int documents_ = 0;
    std::map<std::string, int> revisions_;
    int made_ = 0;
};

}  // namespace lifeline::record
