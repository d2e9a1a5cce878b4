#include "gateway/ack_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeline::gateway {

std::string AckTable::key(std::string_view session_id, std::string_view user_id) {
    return fmt::format("{} {}", session_id, user_id);
}

std::uint64_t AckTable::of(std::string_view session_id, std::string_view user_id) const {
    const auto found = acks_.find(key(session_id, user_id));
    return found == acks_.end() ? 0 : found->second.seq;
}

void AckTable::note(std::string_view session_id, std::string_view user_id, std::uint64_t seq,
                    WallTime forget_at) {
    Ack& ack = acks_[key(session_id, user_id)];
    ack.seq = std::max(ack.seq, seq);
    ack.forget_at = forget_at;
}

void AckTable::sweep(WallTime now) {
    std::erase_if(acks_, [now](const auto& entry) { return now >= entry.second.forget_at; });
}

}  // namespace lifeline::gateway
