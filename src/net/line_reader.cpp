#include "net/line_reader.h"

#include <algorithm>
#include <utility>

namespace lifeline::net {

bool LineReader::feed(std::string_view bytes, const Tell& tell) {
    while (!bytes.empty() && !refused_) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        const std::size_t room = bytes_max_ - line_.size();
        refused_ = piece.size() > room && long_lines_ == Long::refuse;
        if (refused_) return false;
        line_ += piece.substr(0, room);
        if (end == std::string_view::npos) return true;
        bytes.remove_prefix(end + 1);
        if (!end_line(tell)) return true;
    }
    return !refused_;
}

void LineReader::finish(const Tell& tell) {
    if (!refused_) end_line(tell);
}

bool LineReader::end_line(const Tell& tell) {
    const std::string line = std::exchange(line_, {});
    std::string_view text = line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text.empty() || tell(text);
}

}  // namespace lifeline::net
