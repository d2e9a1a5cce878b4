#include "gateway/line_table.h"

namespace lifeline::gateway {

Status LineTable::may_continue(std::string_view session_id, Generation line,
                               Generation token) const {
    const auto found = lines_.find(key(session_id, line));
    if (found == lines_.end() || token == found->second.newest ||
        token == found->second.predecessor)
        return {};
    return fail(Code::unauthenticated, "resume_token_reused",
                "a newer connection has used this line's token");
}

void LineTable::begun(std::string_view session_id, Generation line, std::optional<Generation> token,
                      Generation generation, WallTime forget_at) {
    lines_[key(session_id, line)] = {generation, token, forget_at};
}

void LineTable::heard(std::string_view session_id, Generation line, Generation generation) {
    const auto found = lines_.find(key(session_id, line));
    if (found != lines_.end() && found->second.newest == generation)
        found->second.predecessor.reset();
}

void LineTable::keep_until(std::string_view session_id, Generation line, WallTime forget_at) {
    const auto found = lines_.find(key(session_id, line));
    if (found != lines_.end()) found->second.forget_at = forget_at;
}

void LineTable::sweep(WallTime now) {
    std::erase_if(lines_, [now](const auto& entry) { return now >= entry.second.forget_at; });
}

}  // namespace lifeline::gateway
