#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::reconciliation {

// So many ids of a line are shown.
inline constexpr std::size_t ids_shown_max = 200;
// So many calls, so that an event has room for what is in them.
inline constexpr std::size_t calls_shown_max = 50;

// Of ids that come in any order and may be very many, the first in their own order.
template <std::size_t Most>
class First {
public:
    void add(std::string_view id) {
        if (ids_.size() == Most && id >= *ids_.rbegin()) return;
        ids_.emplace(id);
        if (ids_.size() > Most) ids_.erase(std::prev(ids_.end()));
    }
    void add_to(std::vector<std::string>& ids) const {
        ids.insert(ids.end(), ids_.begin(), ids_.end());
    }

private:
    std::set<std::string, std::less<>> ids_;
};
using FirstIds = First<ids_shown_max>;
using FirstCalls = First<calls_shown_max>;

}  // namespace lifeline::reconciliation
