#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "contract/event.h"
#include "document/place.h"
#include "document/value.h"

namespace lifeline::document {

enum class ShareRole : std::uint8_t {
    none,  // Not any more.
    viewer,
    editor,
};

std::string_view to_text(ShareRole role);
std::optional<ShareRole> share_role_from(std::string_view text);

// With a user, or with everybody in a call.
struct Share {
    std::string with;
    bool with_call = false;
    ShareRole role = ShareRole::none;
};

// What a later edit that was written before it needs to know of one revision.
struct Revision {
    std::uint64_t rev = 0;
    std::string by;
    std::vector<Effect> effects;
};

// How far back an edit's base may lie: so many revisions, and so many things done in them in all.
inline constexpr std::size_t revisions_kept = 256;
inline constexpr std::size_t effects_kept = 4096;
// Whom a document can be shared with at a time, and how many calls that may be.
inline constexpr std::size_t shares_max = 64;
inline constexpr std::size_t shared_calls_max = 16;

// The fold of one document's events and nothing else. `decide` reads it, `apply` is the only thing
// that changes it.
struct State {
    std::string id;
    std::string kind;
    std::string title;
    std::string owner_id;
    std::string account_id;
    std::string request_digest;  // Of what was asked for when it was made.
    WallTime created_at;

    Value content;
    std::uint64_t rev = 0;
    std::string last_editor;         // Who made this revision.
    std::deque<Revision> revisions;  // The last ones, without a gap, up to `rev`.
    std::size_t effects = 0;         // In them.

    std::vector<Share> shares;        // Those that ended as well, the last of them.
    std::uint32_t share_changes = 0;  // So far: they make the server's event ids.

    bool erased = false;  // Its contents are gone, and it with them.
    bool lost = false;    // An edit does not fit what is left: what it says nobody can know.

    bool exists() const { return !owner_id.empty(); }
    // The oldest revision that an edit may still be based on.
    std::uint64_t oldest_base() const { return rev - revisions.size(); }
    ShareRole shared_with_user(std::string_view user_id) const;
    ShareRole shared_with_call(std::string_view session_id) const;
    // Those that have not ended.
    std::size_t open_shares(bool with_call) const;
};

// Takes one event of the document's stream into the state, in order, each once.
void apply(State& state, const contract::Event& event, std::string_view actor_id);

}  // namespace lifeline::document
