#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "contract/role.h"
#include "identity/api_key.h"
#include "identity/directory.h"
#include "identity/fetcher.h"

// What may be done to the directory, as pure decisions: each gives the events to append, all or
// none of them. Repeating what is so already gives no events.
namespace lifeline::identity {

// An event for the instance's stream, decided but not yet written.
struct DirectoryChange {
    std::string event_id;
    std::string_view type;
    std::string payload_json;
};
using DirectoryChanges = std::vector<DirectoryChange>;

// Where changes go: whoever writes the instance's stream. `done` comes on the directory's loop,
// after the changes are durable and applied to it.
class DirectoryLog {
public:
    virtual ~DirectoryLog() = default;
    virtual void append(DirectoryChanges changes, Done<void> done) = 0;
};

// The directory as it is, and what a new fact needs besides.
struct Deciding {
    const Directory& directory;
    WallTime now;
    Random& random;
};

Result<DirectoryChanges> create_account(const Deciding& on, std::string_view account_id,
                                        std::string_view name);

enum class AccountState { enabled, disabled };
Result<DirectoryChanges> set_account_state(const Deciding& on, std::string_view account_id,
                                           AccountState state, std::string_view by);

// The user of an identity that nobody has seen before, and its account where that is new too.
struct FirstSight {
    std::string_view issuer;
    std::string_view subject;
    std::string_view user_id;
    std::string_view account_id;
    std::string_view account_name;
};
DirectoryChanges first_sight(const Deciding& on, const FirstSight& seen);

// A user whom an operator makes before anybody has seen them, in an account that exists. The
// identity is linked, so the account is the user's own, whatever the token says.
struct NewUser {
    std::string_view issuer;
    std::string_view subject;
    std::string_view user_id;
    std::string_view account_id;
    std::string_view by;
};
Result<DirectoryChanges> create_user(const Deciding& on, const NewUser& user);

// From now on the identity stands for this user, who must exist. The latest link counts.
struct Link {
    std::string_view issuer;
    std::string_view subject;
    std::string_view user_id;
    std::string_view by;
};
Result<DirectoryChanges> link_identity(const Deciding& on, const Link& link);
// From now on the identity stands for nobody: it is refused where users must exist, and seen for
// the first time where not.
Result<DirectoryChanges> unlink_identity(const Deciding& on, std::string_view issuer,
                                         std::string_view subject, std::string_view by);

struct KeyRequest {
    std::string_view account_id;
    contract::Role role = contract::Role::service;
    std::string_view name;
    std::optional<WallTime> expires_at = {};
    std::string_view by;
};
struct NewKey {
    ApiKey key;  // To be shown once.
    DirectoryChanges changes;
};
Result<NewKey> create_key(const Deciding& on, const KeyRequest& request);
Result<DirectoryChanges> revoke_key(const Deciding& on, std::string_view key_id,
                                    std::string_view by);

}  // namespace lifeline::identity
