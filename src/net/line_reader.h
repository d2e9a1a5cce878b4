#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lifeline::net {

// Cuts a stream into lines at LF, without it and a CR before it; an empty line is none. Keeps at
// most one line of `bytes_max`.
class LineReader {
public:
    enum class Long : std::uint8_t {
        refuse,  // A longer line ends it: feed() is false from then on.
        cut,     // The rest of the line is dropped.
    };
    LineReader(std::size_t bytes_max, Long long_lines)
        : bytes_max_(bytes_max), long_lines_(long_lines) {}

    // `tell` says whether to go on; what follows is dropped if not.
    using Tell = std::function<bool(std::string_view line)>;
    bool feed(std::string_view bytes, const Tell& tell);
    // The stream has ended; what was begun is a line too.
    void finish(const Tell& tell);

private:
    bool end_line(const Tell& tell);

    std::size_t bytes_max_;
    Long long_lines_;
    std::string line_;
    bool refused_ = false;
};

}  // namespace lifeline::net
