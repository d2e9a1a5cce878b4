#include "retention/plan.h"

namespace lifeline::retention {

std::vector<Range> ranges_of(const std::vector<std::uint64_t>& seqs) {
    std::vector<Range> ranges;
    for (const std::uint64_t seq : seqs) {
        if (!ranges.empty() && ranges.back().second + 1 == seq)
            ranges.back().second = seq;
        else
            ranges.emplace_back(seq, seq);
    }
    return ranges;
}

}  // namespace lifeline::retention
