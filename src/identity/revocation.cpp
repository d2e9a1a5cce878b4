#include "identity/revocation.h"

#include "base/check.h"
#include "contract/json.h"

namespace lifeline::identity {

namespace {

bool holds(const KeyRevoked& revoked, const Principal& principal) {
    return principal.key_id == revoked.key_id;
}
bool holds(const AccountDisabled& disabled, const Principal& principal) {
    return principal.account_id == disabled.account_id;
}
bool holds(const IdentityUnlinked& unlinked, const Principal& principal) {
    return principal.issuer == unlinked.issuer && principal.subject == unlinked.subject;
}

}  // namespace

bool concerns(const Revocation& revocation, const Principal& principal) {
    return std::visit([&](const auto& what) { return holds(what, principal); }, revocation);
}

Error refusal_of(const Revocation& revocation) {
    if (std::holds_alternative<KeyRevoked>(revocation))
        return {Code::unauthenticated, "key_revoked", "the key was revoked"};
    if (std::holds_alternative<AccountDisabled>(revocation))
        return {Code::not_allowed, "account_disabled", "the account was disabled"};
    return {Code::not_allowed, "user_unknown", "the identity is linked to this user no more"};
}

std::vector<Revocation> revocations_of(const Directory& before, const DirectoryChanges& changes) {
    std::vector<Revocation> out;
    for (const DirectoryChange& change : changes) {
        const auto payload = contract::Json::parse(change.payload_json);
        CHECK(payload);  // We have just written it.
        const auto text = [&](std::string_view name) {
            return std::string(payload->text(name).value_or(std::string_view()));
        };
        if (change.type == "identity.key.revoked") {
            out.emplace_back(KeyRevoked{text("keyId")});
        } else if (change.type == "identity.account.state.changed") {
            if (text("state") == "disabled") out.emplace_back(AccountDisabled{text("accountId")});
        } else if (change.type == "identity.user.unlinked") {
            out.emplace_back(IdentityUnlinked{text("issuer"), text("subject"), text("userId")});
        } else if (change.type == "identity.user.linked") {
            const auto former = before.user(text("issuer"), text("subject"));
            if (former && former->user_id != text("userId"))
                out.emplace_back(
                    IdentityUnlinked{text("issuer"), text("subject"), former->user_id});
        }
    }
    return out;
}

}  // namespace lifeline::identity
