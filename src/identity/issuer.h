#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "contract/role.h"

// Who may vouch for our users, as configured. Plain data: `check_issuers` says what cannot be
// right, before anything starts.
namespace lifeline::identity {

// A JSON Web Key Set from a file, read at the start.
struct JwksFile {
    std::filesystem::path path;
};

// A JSON Web Key Set from the issuer's URL, kept in memory.
struct JwksUrl {
    std::string url;
    Millis refresh_after{10 * 60'000};
    // How long the last known keys serve when the URL does not answer. Access tokens live minutes,
    // so longer would help few and would keep a withdrawn key alive.
    Millis stale_max{60 * 60'000};
    Millis timeout{3'000};
};

// One public key in a file; EdDSA, ES256 or RS256 by its type.
struct PemFile {
    std::filesystem::path path;
    std::string key_id = {};  // Empty: whatever `kid` a token names, or none.
};

// HS256. Only for an issuer that has nothing better: who can verify can also forge.
struct SharedSecret {
    Secret<std::string> secret = {};  // At least 32 bytes.
    std::string key_id = {};
};

// The issuer is asked about every token, with the token as bearer: for hosted app builders that
// publish no keys. The fields of its JSON answer are named like claims are.
struct Introspection {
    std::string url;
    std::string subject = "sub";
    std::string name = {};    // Empty: none.
    std::string expiry = {};  // Seconds since 1970; empty: `lifetime` from now.
    Millis lifetime{15 * 60'000};
    Millis cache_ttl{60'000};
    Millis refused_ttl{10'000};  // How long a refusal is believed without asking again.
    Millis timeout{3'000};
};

using KeySource = std::variant<JwksFile, JwksUrl, PemFile, SharedSecret, Introspection>;

// Exactly one of the two. A claim is namespaced by its issuer, so that no issuer can name its way
// into another's account.
struct AccountRule {
    std::string fixed = {};
    std::string claim = {};
};

// The first row whose text is the claim, or is in it where it is an array, gives the role.
struct RoleRule {
    std::string claim = {};  // Empty: everybody has the default.
    std::vector<std::pair<std::string, contract::Role>> roles = {};
    contract::Role otherwise = contract::Role::user;
};

enum class UserCreation { on_first_sight, must_exist };

// A claim's name is a member of the token's claims, or a JSON pointer into them ("/app/org").
struct IssuerConfig {
    std::string issuer;                 // Equal to `iss`.
    std::vector<std::string> audience;  // `aud` must hold one of these.
    KeySource keys;
    // What `typ` may be; a token without one passes as "JWT".
    std::vector<std::string> types = {"JWT", "at+jwt"};
    // The furthest `exp`, from now.
    Millis lifetime_max{24 * 60 * 60'000};
    AccountRule account;
    RoleRule role;
    UserCreation users = UserCreation::on_first_sight;
};

Status check_issuers(const std::vector<IssuerConfig>& issuers);

}  // namespace lifeline::identity
