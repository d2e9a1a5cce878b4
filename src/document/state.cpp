#include "document/state.h"

#include <algorithm>

namespace lifeline::document {

std::string_view to_text(ShareRole role) {
    switch (role) {
        case ShareRole::editor:
            return "editor";
        case ShareRole::viewer:
            return "viewer";
        case ShareRole::none:
            break;
    }
    return "none";
}

std::optional<ShareRole> share_role_from(std::string_view text) {
    for (const ShareRole role : {ShareRole::viewer, ShareRole::editor})
        if (to_text(role) == text) return role;
    return std::nullopt;
}

namespace {

ShareRole role_of(const State& state, std::string_view with, bool call) {
    const auto found = std::ranges::find_if(state.shares, [&](const Share& share) {
        return share.with_call == call && share.with == with;
    });
    return found == state.shares.end() ? ShareRole::none : found->role;
}

}  // namespace

ShareRole State::shared_with_user(std::string_view user_id) const {
    return role_of(*this, user_id, false);
}

ShareRole State::shared_with_call(std::string_view session_id) const {
    return role_of(*this, session_id, true);
}

std::size_t State::open_shares(bool with_call) const {
    return static_cast<std::size_t>(std::ranges::count_if(shares, [&](const Share& share) {
        return share.role != ShareRole::none && (share.with_call || !with_call);
    }));
}

}  // namespace lifeline::document
