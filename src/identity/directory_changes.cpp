#include "identity/directory_changes.h"

#include <initializer_list>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "contract/form.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "identity/claims.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t name_bytes_max = 128;
using Field = std::pair<std::string_view, std::string_view>;

DirectoryChange change(const Deciding& on, std::string_view type,
                       std::initializer_list<Field> fields) {
    contract::JsonWriter json;
    json.object();
    for (const auto& [name, value] : fields) json.key(name).value(value);
    json.end();
    // `ll_` is the server's own; no client can have taken the id before.
    return {new_id("ll_", on.now, on.random), type, json.take()};
}

DirectoryChange linked(const Deciding& on, const Link& link) {
    return change(on, "identity.user.linked",
                  {{"userId", link.user_id},
                   {"issuer", link.issuer},
                   {"subject", link.subject},
                   {"by", link.by}});
}

DirectoryChanges one(DirectoryChange change) {
    DirectoryChanges changes;
    changes.push_back(std::move(change));
    return changes;
}

std::unexpected<Error> account_unknown(std::string_view account_id) {
    return contract::refuse(contract::reason::account_not_found,
                            "there is no account " + std::string(account_id));
}

std::unexpected<Error> user_not_found(std::string_view user_id) {
    return contract::refuse(contract::reason::user_not_found,
                            "there is no user " + std::string(user_id));
}

// As a token may have them: no other could ever be shown.
Status check_identity(std::string_view issuer, std::string_view subject) {
    for (const auto& [field, text] : {Field{"/issuer", issuer}, Field{"/subject", subject}})
        if (!is_subject(text))
            return contract::refuse(contract::reason::bad_format,
                                    "an issuer and a subject are 1 to 255 bytes of plain text",
                                    std::string(field));
    return {};
}

Status check_name(std::string_view name) {
    if (name.empty() || name.size() > name_bytes_max)
        return contract::refuse(contract::reason::out_of_range, "a name has 1 to 128 bytes",
                                "/name");
    return {};
}

}  // namespace

Result<DirectoryChanges> create_account(const Deciding& on, std::string_view account_id,
                                        std::string_view name) {
    if (!contract::matches(contract::Form::account_id, account_id))
        return contract::refuse(contract::reason::bad_format,
                                "an account id is acct_ and up to 59 of A-Z, a-z, 0-9 and _.:-",
                                "/accountId");
    if (auto sound = check_name(name); !sound) return fail(sound.error());
    if (const auto* existing = on.directory.account(account_id)) {
        if (existing->name == name) return DirectoryChanges();
        return contract::refuse(contract::reason::id_conflict, "the account has another name",
                                "/accountId");
    }
    return one(change(on, "identity.account.created", {{"accountId", account_id}, {"name", name}}));
}

Result<DirectoryChanges> set_account_state(const Deciding& on, std::string_view account_id,
                                           AccountState state, std::string_view by) {
    const AccountRecord* const account = on.directory.account(account_id);
    if (account == nullptr) return account_unknown(account_id);
    const bool disabled = state == AccountState::disabled;
    if (account->disabled == disabled) return DirectoryChanges();
    return one(change(
        on, "identity.account.state.changed",
        {{"accountId", account_id}, {"state", disabled ? "disabled" : "enabled"}, {"by", by}}));
}

DirectoryChanges first_sight(const Deciding& on, const FirstSight& seen) {
    DirectoryChanges changes;
    if (on.directory.account(seen.account_id) == nullptr)
        changes.push_back(change(on, "identity.account.created",
                                 {{"accountId", seen.account_id}, {"name", seen.account_name}}));
    if (!on.directory.user(seen.issuer, seen.subject))
        changes.push_back(change(on, "identity.user.created",
                                 {{"userId", seen.user_id},
                                  {"accountId", seen.account_id},
                                  {"issuer", seen.issuer},
                                  {"subject", seen.subject}}));
    return changes;
}

Result<DirectoryChanges> create_user(const Deciding& on, const NewUser& user) {
    if (auto sound = check_identity(user.issuer, user.subject); !sound) return fail(sound.error());
    if (!user.user_id.starts_with("usr_") || !contract::matches(contract::Form::id, user.user_id))
        return contract::refuse(contract::reason::bad_format,
                                "a user id is usr_ and up to 124 of A-Z, a-z, 0-9 and _.:-",
                                "/userId");
    if (on.directory.account(user.account_id) == nullptr) return account_unknown(user.account_id);
    if (const auto existing = on.directory.user(user.issuer, user.subject)) {
        if (existing->linked && existing->user_id == user.user_id &&
            existing->account_id == user.account_id)
            return DirectoryChanges();
        return contract::refuse(
            contract::reason::id_conflict,
            "the identity stands for " + existing->user_id + " already; link it to another user");
    }
    if (on.directory.account_of(user.user_id) != nullptr)
        return contract::refuse(contract::reason::id_conflict,
                                "the user is there already; link the identity to them");
    DirectoryChanges changes;
    changes.push_back(change(on, "identity.user.created",
                             {{"userId", user.user_id},
                              {"accountId", user.account_id},
                              {"issuer", user.issuer},
                              {"subject", user.subject}}));
    changes.push_back(linked(on, {user.issuer, user.subject, user.user_id, user.by}));
    return changes;
}

Result<DirectoryChanges> link_identity(const Deciding& on, const Link& link) {
    if (auto sound = check_identity(link.issuer, link.subject); !sound) return fail(sound.error());
    if (on.directory.account_of(link.user_id) == nullptr) return user_not_found(link.user_id);
    const auto existing = on.directory.user(link.issuer, link.subject);
    if (existing && existing->linked && existing->user_id == link.user_id)
        return DirectoryChanges();
    return one(linked(on, link));
}

Result<DirectoryChanges> unlink_identity(const Deciding& on, std::string_view issuer,
                                         std::string_view subject, std::string_view by) {
    const auto existing = on.directory.user(issuer, subject);
    if (!existing)
        return contract::refuse(contract::reason::user_not_found,
                                "this subject of this issuer stands for nobody");
    return one(change(
        on, "identity.user.unlinked",
        {{"userId", existing->user_id}, {"issuer", issuer}, {"subject", subject}, {"by", by}}));
}

Result<NewKey> create_key(const Deciding& on, const KeyRequest& request) {
    if (on.directory.account(request.account_id) == nullptr)
        return account_unknown(request.account_id);
    if (auto sound = check_name(request.name); !sound) return fail(sound.error());
    if (request.role == contract::Role::server)
        return contract::refuse(contract::reason::unknown_value,
                                "nobody but the server is the server", "/role");
    if (request.expires_at && *request.expires_at <= on.now)
        return contract::refuse(contract::reason::out_of_range, "the key would have expired",
                                "/expiresAt");

    NewKey made{.key = new_api_key(on.now, on.random), .changes = {}};
    const Digest hash = api_key_hash(made.key.text.reveal());
    contract::JsonWriter json;
    json.object();
    json.key("keyId").value(made.key.key_id);
    json.key("accountId").value(request.account_id);
    json.key("role").value(contract::to_text(request.role));
    json.key("name").value(request.name);
    json.key("hash").value(to_hex(hash));
    if (request.expires_at) json.key("expiresAt").value(format_rfc3339(*request.expires_at));
    json.key("by").value(request.by);
    json.end();
    made.changes = one({new_id("ll_", on.now, on.random), "identity.key.created", json.take()});
    return made;
}

Result<DirectoryChanges> revoke_key(const Deciding& on, std::string_view key_id,
                                    std::string_view by) {
    const KeyRecord* const key = on.directory.key(key_id);
    if (key == nullptr)
        return contract::refuse(contract::reason::key_not_found, "there is no such key");
    if (key->revoked) return DirectoryChanges();
    return one(change(on, "identity.key.revoked", {{"keyId", key_id}, {"by", by}}));
}

}  // namespace lifeline::identity
