#include "identity/invite.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::identity {

std::string invite_secret(const InstanceKeys& keys, std::string_view session_id,
                          std::string_view invite_id) {
    // With its length in front, no other pair of ids reads the same.
    const auto invite = fmt::format("{}:{}{}", session_id.size(), session_id, invite_id);
    return to_base64url(view(keys.mac("invite", invite)));
}

bool invite_secret_holds(const InstanceKeys& keys, std::string_view session_id,
                         std::string_view invite_id, std::string_view secret) {
    return equal_secret(invite_secret(keys, session_id, invite_id), secret);
}

}  // namespace lifeline::identity
