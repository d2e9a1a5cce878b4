#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "contract/json.h"
#include "contract/role.h"

namespace lifeline::identity {

struct AccountRecord {
    std::string name;  // As the issuer or an administrator calls it.
    bool disabled = false;
};

struct UserRecord {
    std::string user_id;
    std::string account_id;
    // By an explicit link: the account is then the user's own, whatever the token says.
    bool linked = false;
};

struct KeyRecord {
    std::string key_id;
    std::string account_id;
    contract::Role role = contract::Role::viewer;
    std::string name;
    Digest hash{};                       // Of the whole key; see api_key.h.
    std::optional<WallTime> expires_at;  // None: until revoked.
    bool revoked = false;
};

// Accounts, users, links between identities, and API keys: a fold of the `identity.*` events of the
// instance's stream, and of who is erased, and nothing else. Pure; lives on the loop of that
// stream. A user costs about 150 bytes: subjects stay in the journal, here is only a digest of
// them.
class Directory {
public:
    // Events of other types pass without effect, and so does one that was applied before. An event
    // that lacks what its type promises is Code::corrupt: this is our own record.
    Status apply(std::string_view type, std::string_view payload_json);

    const AccountRecord* account(std::string_view account_id) const;
    bool account_disabled(std::string_view account_id) const;
    // Whom an identity stands for: the user it was created for, or linked to since. Nobody once it
    // was unlinked.
    std::optional<UserRecord> user(std::string_view issuer, std::string_view subject) const;
    // The account of a user; null when there is none.
    const std::string* account_of(std::string_view user_id) const;
    const KeyRecord* key(std::string_view key_id) const;

    // Why a key opens nothing, or that it does: revoked, expired, account_disabled, good.
    std::string_view state_of(const KeyRecord& key, WallTime now) const;

    const std::map<std::string, AccountRecord, std::less<>>& accounts() const { return accounts_; }
    const std::map<std::string, KeyRecord, std::less<>>& keys() const { return keys_; }

private:
    using IdentityDigest = std::array<std::uint8_t, 16>;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const IdentityDigest& digest) const;
        std::size_t operator()(std::string_view text) const;
    };
    struct Identity {
        std::string user_id;
        bool linked = false;
    };
    static IdentityDigest digest_of(std::string_view issuer, std::string_view subject);

    Status account_created(const contract::Json& payload);
    Status account_state_changed(const contract::Json& payload);
    Status user_created(const contract::Json& payload);
    Status user_linked(const contract::Json& payload);
    Status user_unlinked(const contract::Json& payload);
    Status key_created(const contract::Json& payload);
    Status key_revoked(const contract::Json& payload);
    Status user_erased(const contract::Json& payload);

    std::map<std::string, AccountRecord, std::less<>> accounts_;
    std::map<std::string, KeyRecord, std::less<>> keys_;
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> account_of_user_;
    std::unordered_map<IdentityDigest, Identity, Hash> identities_;
};

}  // namespace lifeline::identity
