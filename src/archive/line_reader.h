#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace lifeline::archive {

// No archive and no proof has a longer line: a whole transcript, a statement of a thousand items.
inline constexpr std::size_t line_bytes_max = 64 * 1024 * 1024;

// The lines of a file that a stranger may have written: one that is too long ends it before it
// fills the memory.
class LineReader {
public:
    // The stream outlives it.
    explicit LineReader(std::istream& in) : in_(in) {}

    // The next one, without its line end; false behind the last, and at one that is too long.
    bool next(std::string& line);

    std::uint64_t number() const { return number_; }  // Of the last that there was; from 1.
    bool ended() const { return ended_; }             // Whether that one had its line end.
    bool too_long() const { return too_long_; }
    // Of one that is.
    std::string why() const;

private:
    std::istream& in_;
    std::uint64_t number_ = 0;
    bool ended_ = false;
    bool too_long_ = false;
};

}  // namespace lifeline::archive
