#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "explain/cast.h"
#include "explain/recorded.h"
#include "explain/story.h"

namespace lifeline::explain {

// What is odd about the events themselves: numbers that are missing, bytes that were erased, clocks
// that jump, final texts that come long after they were said.
class Watch {
public:
    // Whether events are missing before this one, or it is.
    bool take(const Recorded& recorded, const Cast& cast);
    void tell(Story& story) const;

private:
    void check_clock(const Recorded& recorded, const Cast& cast);
    void check_final(const Recorded& recorded);
    void erased(std::uint64_t seq);

    std::vector<Anomaly> found_;
    std::uint64_t last_seq_ = 0;
    std::optional<std::uint64_t> erased_from_;  // The run of erased events that ends here.
    std::map<std::string, Millis> ahead_;       // How far each sender's clock is, as last told.
    std::optional<WallTime> connected_at_;
};

}  // namespace lifeline::explain
