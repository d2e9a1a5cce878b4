#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::delivery {

// Consecutive frames of one stream, back to back in one buffer, so that any number of connections
// are served by a send from the very same bytes, and a connection that is a few events behind gets
// them all in one. Frames are whole and in the order of their seq, without a gap.
class FrameTail {
public:
    // Some whole frames: those after the cursor that was asked for, up to and including `last`.
    struct Slice {
        std::string_view bytes;  // Until the tail changes.
        std::uint64_t last = 0;
    };

    // `next` is the seq of the first frame that will be added.
    explicit FrameTail(std::uint64_t next) : first_(next) {}

    // Add a frame: begin(), append its bytes to the string, end().
    std::string& begin() { return buffer_; }
    void end();
    // A frame without bytes: the next one that has some speaks for it.
    void pass() { ends_.push_back(buffer_.size()); }

    // The seq that the next frame will have.
    std::uint64_t next() const { return first_ + ends_.size() - dropped_; }
    // The seq of the oldest frame that is here; next() when none is.
    std::uint64_t oldest() const { return first_; }
    // Whether the frame right after `cursor` is here.
    bool covers(std::uint64_t cursor) const { return cursor + 1 >= first_ && cursor + 1 < next(); }
    // The frames after `cursor` up to `upto` and at most `bytes_max` bytes, but at least one. Needs
    // covers(cursor) and upto > cursor.
    Slice after(std::uint64_t cursor, std::uint64_t upto, std::size_t bytes_max) const;
    // How far `sent` bytes of after(cursor)'s slice reach: the last frame begun, and how many bytes
    // of the slice lie up to its end.
    struct Reach {
        std::uint64_t last = 0;
        std::size_t bytes = 0;
    };
    Reach reach(std::uint64_t cursor, std::size_t sent) const;

    // Drops frames up to and including `seq`.
    void drop_through(std::uint64_t seq);
    // Drops them all, and the memory they were in.
    void release();
    std::size_t bytes() const { return buffer_.size() - start_of(dropped_); }

private:
    std::size_t start_of(std::size_t index) const { return index == 0 ? 0 : ends_[index - 1]; }
    std::size_t index_of(std::uint64_t seq) const {
        return static_cast<std::size_t>(seq - first_) + dropped_;
    }
    void compact();

    std::string buffer_;
    std::vector<std::size_t> ends_;  // Where each frame ends in the buffer, dropped ones included.
    std::size_t dropped_ = 0;        // How many at the front are dropped, but still in the buffer.
    std::uint64_t first_;            // seq of the first frame that is not dropped.
};

}  // namespace lifeline::delivery
