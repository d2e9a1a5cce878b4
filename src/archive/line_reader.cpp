#include "archive/line_reader.h"

#include <fmt/format.h>

#include <array>
#include <istream>

namespace lifeline::archive {

bool LineReader::next(std::string& line) {
    line.clear();
    std::array<char, 65536> piece;
    while (in_ && !too_long_) {
        in_.getline(piece.data(), piece.size());
        const auto got = static_cast<std::size_t>(in_.gcount());
        const bool last = in_.eof();
        const bool cut = !last && in_.fail();  // The piece is full, and the line goes on.
        line.append(piece.data(), last || cut ? got : got - 1);
        if (line.size() > line_bytes_max) {
            too_long_ = true;
            break;
        }
        if (cut) {
            in_.clear(in_.rdstate() & ~std::ios::failbit);
            continue;
        }
        if (last && line.empty()) break;
        ended_ = !last;
        ++number_;
        return true;
    }
    line.clear();
    return false;
}

std::string LineReader::why() const {
    return fmt::format(
        "line {} is longer than {} MiB: nothing that was written here has such a line", number_ + 1,
        line_bytes_max / (1024 * 1024));
}

}  // namespace lifeline::archive
