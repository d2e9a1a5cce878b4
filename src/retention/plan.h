#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::retention {

// Whose contents go, or which.
enum class Extent {
    whole,       // All of the stream.
    person,      // What one person said, did, asked for and answered in it, and their name.
    superseded,  // Texts that a later one has replaced.
};

// What is to be destroyed in one stream. `contents` go first; then the stream itself says so, with
// what is kept of its frame; then the frame goes. So at every moment who reads the stream finds
// either the frame or what is kept of it.
struct Plan {
    std::vector<std::uint64_t> contents = {};  // seqs, ascending.
    std::vector<std::uint64_t> frame = {};     // The same.
    std::string kept_json = {};                // Empty where nothing of the frame was ever erased.
    std::uint64_t head = 0;               // No later event was looked at.
    std::uint64_t erased = 0;  // With this plan done: events erased that no record speaks of yet.

    bool empty() const { return contents.empty() && frame.empty() && erased == 0; }
};

using Range = std::pair<std::uint64_t, std::uint64_t>;
// Neighbours together, both ends included.
std::vector<Range> ranges_of(const std::vector<std::uint64_t>& seqs);

}  // namespace lifeline::retention
