#include "gateway/ack_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lifeline::gateway {

namespace {

// Who has read all there is says so with every ping. That it lives a little longer is not worth a
// write each time.
constexpr Millis rewritten_after = std::chrono::minutes(1);

}  // namespace

std::string AckTable::key(std::string_view session_id, std::string_view user_id) {
    return fmt::format("{} {}", session_id, user_id);
}

std::uint64_t AckTable::of(std::string_view session_id, std::string_view user_id) const {
    const auto found = acks_.find(key(session_id, user_id));
    return found == acks_.end() ? 0 : found->second.ack.seq;
}

bool AckTable::note(std::string_view session_id, std::string_view user_id, std::uint64_t seq,
                    WallTime forget_at) {
    std::string name = key(session_id, user_id);
    auto found = acks_.find(name);
    if (found == acks_.end()) {
        if (acks_.size() >= entries_max_) return false;
        found = acks_.try_emplace(name).first;
        found->second.ack.session_id = session_id;
        found->second.ack.user_id = user_id;
    }
    Entry& entry = found->second;
    const bool news =
        seq > entry.ack.seq || (seq > 0 && forget_at - entry.written_until >= rewritten_after);
    entry.ack.seq = std::max(entry.ack.seq, seq);
    entry.ack.forget_at = forget_at;
    if (!news) return false;
    entry.written_until = forget_at;
    if (!std::exchange(entry.changed, true)) changed_.push_back(std::move(name));
    return true;
}

void AckTable::sweep(WallTime now) {
    std::erase_if(acks_, [now](const auto& entry) { return now >= entry.second.ack.forget_at; });
}

void AckTable::restore(softstate::Ack ack) {
    if (acks_.size() >= entries_max_) return;
    Entry& entry = acks_[key(ack.session_id, ack.user_id)];
    entry.written_until = ack.forget_at;
    entry.ack = std::move(ack);
}

std::vector<softstate::Ack> AckTable::take_changed() {
    std::vector<softstate::Ack> taken;
    for (const std::string& name : std::exchange(changed_, {})) {
        const auto found = acks_.find(name);
        if (found == acks_.end()) continue;  // Forgotten meanwhile.
        Entry& entry = found->second;
        entry.changed = false;
        taken.push_back(entry.ack);
    }
    return taken;
}

void AckTable::changed_again(const std::vector<softstate::Ack>& taken) {
    for (const softstate::Ack& ack : taken) {
        std::string name = key(ack.session_id, ack.user_id);
        const auto found = acks_.find(name);
        if (found == acks_.end() || std::exchange(found->second.changed, true)) continue;
        changed_.push_back(std::move(name));
    }
}

}  // namespace lifeline::gateway
