#include "gateway/line_table.h"

namespace lifeline::gateway {

bool LineTable::is_later(Generation one, Generation other) const {
    const bool ours = one.boot == boot_;
    return ours == (other.boot == boot_) ? one > other : ours;
}

Status LineTable::may_continue(std::string_view session_id, Generation line,
                               Generation token) const {
    const auto found = lines_.find(key(session_id, line));
    if (found == lines_.end() || !found->second.used) return {};
    const Line& known = found->second;
    if (is_later(token, *known.used) || (token == *known.used && !known.heard)) return {};
    return fail(Code::unauthenticated, "resume_token_reused",
                "this line was continued with a later token, or heard on with this one");
}

void LineTable::begun(std::string_view session_id, Generation line, std::optional<Generation> token,
                      WallTime forget_at) {
    Line& known = lines_[key(session_id, line)];
    known.forget_at = forget_at;
    if (!token || (known.used && !is_later(*token, *known.used))) return;
    known.used = token;
    known.heard = false;
}

void LineTable::heard(std::string_view session_id, Generation line, Generation token) {
    const auto found = lines_.find(key(session_id, line));
    if (found != lines_.end() && found->second.used == token) found->second.heard = true;
}

void LineTable::keep_until(std::string_view session_id, Generation line, WallTime forget_at) {
    const auto found = lines_.find(key(session_id, line));
    if (found != lines_.end()) found->second.forget_at = forget_at;
}

void LineTable::sweep(WallTime now) {
    std::erase_if(lines_, [now](const auto& entry) { return now >= entry.second.forget_at; });
}

}  // namespace lifeline::gateway
