#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "explain/cast.h"
#include "explain/recorded.h"
#include "explain/story.h"

namespace lifeline::explain {

// Lines that were lost, and how long it took until they stood again: of each participant, and of
// the call, when nobody was left for whom it waits.
class Outages {
public:
    // Whether the event is told as part of one, or says no more than that a line stands.
    bool take(const Recorded& recorded, const Cast& cast);
    void tell(Story& story) const;

private:
    void lost(const std::string& whose, const Recorded& recorded, std::string what,
              Severity severity);
    void back(const std::string& whose, const Recorded& recorded, std::string_view what);

    std::vector<Entry> entries_;
    std::map<std::string, std::size_t> open_;  // By participant; "" is the call.
};

}  // namespace lifeline::explain
