#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "softstate/ack_store.h"

namespace lifeline::gateway {

// How far each participant says that they have read, for consumers that keep their state and come
// back with `after=acked`. Soft state: what is lost or forgotten means that more is replayed, never
// less. Bounded: an ack of one participant too many is not remembered.
class AckTable {
public:
    explicit AckTable(std::size_t entries_max) : entries_max_(entries_max) {}

    // 0 when nothing is known.
    std::uint64_t of(std::string_view session_id, std::string_view user_id) const;
    // Cumulative: an older one changes nothing. True when there is something to be written.
    bool note(std::string_view session_id, std::string_view user_id, std::uint64_t seq,
              WallTime forget_at);
    void sweep(WallTime now);
    std::size_t size() const { return acks_.size(); }

    // What a server before this one wrote.
    void restore(softstate::Ack ack);
    // What has to be written since this was last asked.
    std::vector<softstate::Ack> take_changed();
    bool has_changed() const { return !changed_.empty(); }
    // These were taken and could not be written.
    void changed_again(const std::vector<softstate::Ack>& taken);

private:
    struct Entry {
        softstate::Ack ack;
        bool changed = false;
        WallTime written_until;  // When it is forgotten, by what was handed over to be written.
    };
    static std::string key(std::string_view session_id, std::string_view user_id);

    std::size_t entries_max_;
    std::unordered_map<std::string, Entry> acks_;
    std::vector<std::string> changed_;
};

}  // namespace lifeline::gateway
