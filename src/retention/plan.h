#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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
    Extent extent = Extent::whole;
    std::string participant_id = {};  // Whose alone they are; empty for the whole.
    std::uint64_t head = 0;           // No later event was looked at.
    std::uint64_t erased = 0;  // With this plan done: events erased that no record speaks of yet.

    bool empty() const { return contents.empty() && frame.empty() && erased == 0; }
};

// Of record.erased: of that request, or, where that is empty, of what the account asks for.
std::string payload_of(const Plan& plan, std::string_view erasure_id);
// Its eventId: the same whenever this plan is carried out.
std::string event_id_of(const Plan& plan);

using Range = std::pair<std::uint64_t, std::uint64_t>;
// Neighbours together, both ends included.
std::vector<Range> ranges_of(const std::vector<std::uint64_t>& seqs);

}  // namespace lifeline::retention
