#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/secret.h"
#include "identity/instance_keys.h"

namespace lifeline::identity {

// Internal ids of those whom others vouch for. They are derived, so that two first sights at once
// agree, and keyed, because other people in a call see them while a subject may be somebody's
// telephone number. An id is recorded when it is first used; a new root key changes only later
// ones.
class ExternalIds {
public:
    explicit ExternalIds(const InstanceKeys& keys) : key_(keys.derive("external id")) {}

    // "usr_" and 26 characters.
    std::string user_id(std::string_view issuer, std::string_view subject) const;
    // "acct_" and 26 characters, for an account that a claim names.
    std::string account_id(std::string_view issuer, std::string_view name) const;

private:
    std::string derive(std::string_view prefix, std::string_view issuer,
                       std::string_view name) const;

    Secret<Digest> key_;
};

}  // namespace lifeline::identity
