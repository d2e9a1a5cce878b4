#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"
#include "gateway/generation.h"

namespace lifeline::gateway {

// Which connection of each line counts: the newest. It knows a token that was used before from the
// last one, and from that one's predecessor as long as the client may not have heard of the last (a
// hello that was lost). Soft state: after a restart, or when a line was long idle, any token that
// holds may continue its line, once.
class LineTable {
public:
    // resume_token_reused when a newer connection of this line has been heard from.
    Status may_continue(std::string_view session_id, Generation line, Generation token) const;
    // A connection has begun; `token` is that of the one it continues.
    void begun(std::string_view session_id, Generation line, std::optional<Generation> token,
               Generation generation, WallTime forget_at);
    // Its client knows of it: older tokens are worth nothing from here on.
    void heard(std::string_view session_id, Generation line, Generation generation);
    void keep_until(std::string_view session_id, Generation line, WallTime forget_at);

    void sweep(WallTime now);
    std::size_t size() const { return lines_.size(); }

private:
    struct Key {
        std::size_t session;  // A hash: a line's number is its own among a loop's calls already.
        Generation line;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return key.session ^ (key.line.number * 0x9e3779b97f4a7c15U) ^ key.line.boot;
        }
    };
    struct Line {
        Generation newest;
        std::optional<Generation> predecessor;  // Until the newest was heard from.
        WallTime forget_at;
    };
    static Key key(std::string_view session_id, Generation line) {
        return {std::hash<std::string_view>{}(session_id), line};
    }

    std::unordered_map<Key, Line, KeyHash> lines_;
};

}  // namespace lifeline::gateway
