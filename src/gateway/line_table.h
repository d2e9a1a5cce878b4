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

// Which tokens may still continue a line: those given after the newest that was used, and that one
// again as long as nothing was heard on a connection it opened, for its hello may have been lost.
// Soft state: after a restart, or when a line was long idle, any token that holds may continue its
// line, once. Tokens of other starts than this one are older than all of this one, whatever their
// numbers say: a clock may have gone back, and a folder may be a copy.
class LineTable {
public:
    explicit LineTable(std::uint64_t boot) : boot_(boot) {}

    // resume_token_reused for one from before the newest used, and for that one once it was heard
    // on.
    Status may_continue(std::string_view session_id, Generation line, Generation token) const;
    // A connection has begun, the first of its line or with this token.
    void begun(std::string_view session_id, Generation line, std::optional<Generation> token,
               WallTime forget_at);
    // The client of a connection that this token opened knows of it, and has a newer one.
    void heard(std::string_view session_id, Generation line, Generation token);
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
        std::optional<Generation> used;  // The newest token that opened a connection.
        bool heard = false;              // On one of those.
        WallTime forget_at;
    };
    static Key key(std::string_view session_id, Generation line) {
        return {std::hash<std::string_view>{}(session_id), line};
    }

    // Whether `one` was given after `other`.
    bool is_later(Generation one, Generation other) const;

    std::uint64_t boot_;  // Of this start.
    std::unordered_map<Key, Line, KeyHash> lines_;
};

}  // namespace lifeline::gateway
