#pragma once

#include <string>
#include <string_view>

#include "identity/instance_keys.h"

// The secret of an invite link. It follows from the instance's key and from what the invite is, so
// nothing secret is stored: the journal knows that the invite exists, its uses and its end, and
// whoever holds the link shows the secret.
namespace lifeline::identity {

std::string invite_secret(const InstanceKeys& keys, std::string_view session_id,
                          std::string_view invite_id);

bool invite_secret_holds(const InstanceKeys& keys, std::string_view session_id,
                         std::string_view invite_id, std::string_view secret);

}  // namespace lifeline::identity
