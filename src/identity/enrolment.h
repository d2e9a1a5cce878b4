#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/loop.h"
#include "base/random.h"
#include "base/result.h"
#include "identity/claims.h"
#include "identity/directory.h"
#include "identity/directory_changes.h"
#include "identity/external_ids.h"
#include "identity/principal.h"

namespace lifeline::identity {

// From somebody an issuer vouches for to a principal of ours: the user they are linked to or were
// created as, or a new one where the issuer's configuration allows that. A new user is an event,
// and nobody is let in before it is durable. Lives on the directory's loop.
class Enrolment {
public:
    Enrolment(Directory& directory, DirectoryLog& log, ExternalIds ids, Random& random, Loop& home);

    void admit(const ExternalIdentity& who, Done<Principal> done);

private:
    // Nothing while the directory lacks the user or their account.
    std::optional<Result<Principal>> look_up(const ExternalIdentity& who) const;
    void append(const ExternalIdentity& who);

    using Key = std::tuple<std::string, std::string, std::string>;  // Issuer, subject, account.
    static Key key_of(const ExternalIdentity& who) {
        return {who.issuer, who.subject, who.account_id};
    }
    struct Waiting {
        ExternalIdentity who;
        Done<Principal> done;
    };

    Directory& directory_;
    DirectoryLog& log_;
    ExternalIds ids_;
    Random& random_;
    Loop& home_;
    // One append at a time for each identity, however many of its requests arrive at once.
    std::map<Key, std::vector<Waiting>> appending_;
};

}  // namespace lifeline::identity
