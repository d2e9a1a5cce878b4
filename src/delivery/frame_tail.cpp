#include "delivery/frame_tail.h"

#include <algorithm>

#include "base/check.h"

namespace lifeline::delivery {

void FrameTail::end() {
    CHECK(buffer_.size() > (ends_.empty() ? 0 : ends_.back()));
    ends_.push_back(buffer_.size());
}

FrameTail::Slice FrameTail::after(std::uint64_t cursor, std::uint64_t upto,
                                  std::size_t bytes_max) const {
    CHECK(covers(cursor) && upto > cursor);
    const std::size_t begin_index = index_of(cursor + 1);
    const std::size_t begin = start_of(begin_index);
    const auto first_end = ends_.begin() + static_cast<std::ptrdiff_t>(begin_index);
    const auto last_end =
        ends_.begin() + static_cast<std::ptrdiff_t>(index_of(std::min(upto, next() - 1)));
    // The last frame that still ends within the limit; the first in any case.
    auto end = std::upper_bound(first_end, last_end + 1, begin + bytes_max);
    if (end != first_end) --end;
    return {std::string_view(buffer_).substr(begin, *end - begin),
            cursor + 1 + static_cast<std::uint64_t>(end - first_end)};
}

FrameTail::Reach FrameTail::reach(std::uint64_t cursor, std::size_t sent) const {
    CHECK(covers(cursor) && sent > 0);
    const std::size_t begin_index = index_of(cursor + 1);
    const std::size_t begin = start_of(begin_index);
    const auto first_end = ends_.begin() + static_cast<std::ptrdiff_t>(begin_index);
    const auto end = std::lower_bound(first_end, ends_.end(), begin + sent);
    CHECK(end != ends_.end());
    return {cursor + 1 + static_cast<std::uint64_t>(end - first_end), *end - begin};
}

void FrameTail::release() {
    first_ = next();
    dropped_ = 0;
    // Assigning an empty one would keep the memory.
    std::string().swap(buffer_);
    std::vector<std::size_t>().swap(ends_);
}

void FrameTail::drop_through(std::uint64_t seq) {
    if (seq < first_) return;
    const std::uint64_t last = std::min(seq, next() - 1);
    dropped_ += static_cast<std::size_t>(last + 1 - first_);
    first_ = last + 1;
    compact();
}

void FrameTail::compact() {
    const std::size_t dead = start_of(dropped_);
    if (dropped_ == ends_.size()) {
        buffer_.clear();
        ends_.clear();
        dropped_ = 0;
        // An idle stream keeps no buffer to speak of.
        if (buffer_.capacity() > 4096) buffer_.shrink_to_fit();
        return;
    }
    // Moving the living half over the dead one costs no more than having appended it.
    if (dead < buffer_.size() / 2) return;
    buffer_.erase(0, dead);
    ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(dropped_));
    for (std::size_t& end : ends_) end -= dead;
    dropped_ = 0;
}

}  // namespace lifeline::delivery
