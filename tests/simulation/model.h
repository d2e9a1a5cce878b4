#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace lifeline::simulation {

// What must be true of the calls, whatever breaks: everything that any client was ever shown or
// told is remembered here, over all crashes, and held against what comes later.
class Model {
public:
    // A client saw this event at this place.
    void saw(const std::string& call, std::uint64_t seq, const std::string& event_id,
             const std::string& event_json);
    // A client was told that these are not worth showing any more.
    void left_out(const std::string& call, std::uint64_t from, std::uint64_t to);
    // A client was told, by its own event or by `accepted`, that its event stands there.
    void acknowledged(const std::string& call, const std::string& event_id, std::uint64_t seq);
    // A client sent this event, once or many times.
    void sent(const std::string& call, const std::string& event_id, const std::string& event_json);

    // The call as the journal has it at the end, or after a restart.
    void check(const std::string& call, const std::vector<journal::StoredEvent>& events);

    void violation(std::string what);
    const std::vector<std::string>& violations() const { return violations_; }
    std::uint64_t acknowledgements() const { return acknowledgements_; }
    std::uint64_t sightings() const { return sightings_; }

private:
    struct Call {
        std::set<std::uint64_t> left_out;
        std::map<std::uint64_t, std::pair<std::string, std::string>> seen;  // seq -> id, bytes
        std::map<std::string, std::uint64_t> acknowledged;                  // id -> seq
        std::map<std::string, std::string> sent;                            // id -> bytes
    };
    std::map<std::string, Call> calls_;
    std::vector<std::string> violations_;
    std::uint64_t acknowledgements_ = 0;
    std::uint64_t sightings_ = 0;
};

}  // namespace lifeline::simulation
