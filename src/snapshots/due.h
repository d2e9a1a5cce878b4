#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::snapshots {

// A call's transcript that is to be snapshotted, up to and with this event.
struct Due {
    std::string session_id;
    std::uint64_t up_to_seq = 0;
    friend bool operator==(const Due&, const Due&) = default;
};

// What one event of a call means for its snapshots.
struct Change {
    enum class Kind : std::uint8_t { said, over, erased, taken };
    Kind kind = Kind::said;
    std::string session_id;
    std::uint64_t seq = 0;  // Of the event; taken: up to which the snapshot is.
};

// Finals between two snapshots of a call that goes on.
inline constexpr std::uint64_t said_between = 200;

}  // namespace lifeline::snapshots
