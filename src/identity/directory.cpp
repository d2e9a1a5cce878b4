#include "identity/directory.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "base/text.h"
#include "contract/reason.h"

namespace lifeline::identity {

namespace {

std::unexpected<Error> broken(std::string_view field) {
    return contract::refuse(contract::reason::journal_corrupt, "an identity event has a bad field",
                            fmt::format("/payload/{}", field));
}

// Reads the fields of one event; the first that is missing or of the wrong type is remembered, so
// that an apply function is a list of fields and one check.
class Fields {
public:
    explicit Fields(const contract::Json& payload) : payload_(payload) {}

    std::string_view text(std::string_view name) {
        const auto value = payload_.text(name);
        if (!value) missing_ = name;
        return value.value_or(std::string_view());
    }
    bool has(std::string_view name) const { return static_cast<bool>(payload_.find(name)); }
    void refuse(std::string_view name) { missing_ = name; }
    Status status() const {
        if (missing_.empty()) return {};
        return broken(missing_);
    }

private:
    const contract::Json& payload_;
    std::string_view missing_;
};

}  // namespace

std::size_t Directory::Hash::operator()(const IdentityDigest& digest) const {
    std::size_t out = 0;
    std::memcpy(&out, digest.data(), sizeof out);
    return out;
}

std::size_t Directory::Hash::operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
}

Directory::IdentityDigest Directory::digest_of(std::string_view issuer, std::string_view subject) {
    const Digest digest = sha256(fmt::format("{}:{}{}", issuer.size(), issuer, subject));
    IdentityDigest out;
    std::memcpy(out.data(), digest.data(), out.size());
    return out;
}

Status Directory::apply(std::string_view type, std::string_view payload_json) {
    using Apply = Status (Directory::*)(const contract::Json&);
    static constexpr std::pair<std::string_view, Apply> rows[] = {
        {"identity.account.created", &Directory::account_created},
        {"identity.account.state.changed", &Directory::account_state_changed},
        {"identity.user.created", &Directory::user_created},
        {"identity.user.linked", &Directory::user_linked},
        {"identity.user.unlinked", &Directory::user_unlinked},
        {"identity.key.created", &Directory::key_created},
        {"identity.key.revoked", &Directory::key_revoked},
        {"record.erasure.requested", &Directory::user_erased},
    };
    for (const auto& [name, apply] : rows) {
        if (name != type) continue;
        const auto payload = contract::Json::parse(payload_json);
        if (!payload || !payload->is_object()) return broken("");
        return (this->*apply)(*payload);
    }
    return {};
}

Status Directory::account_created(const contract::Json& payload) {
    Fields fields(payload);
    const auto account_id = fields.text("accountId");
    const auto name = fields.text("name");
    if (auto whole = fields.status(); !whole) return whole;
    accounts_.try_emplace(std::string(account_id), AccountRecord{.name = std::string(name)});
    return {};
}

Status Directory::account_state_changed(const contract::Json& payload) {
    Fields fields(payload);
    const auto account = accounts_.find(fields.text("accountId"));
    const auto state = fields.text("state");
    if (state != "enabled" && state != "disabled") fields.refuse("state");
    if (account == accounts_.end()) fields.refuse("accountId");
    if (auto whole = fields.status(); !whole) return whole;
    account->second.disabled = state == "disabled";
    return {};
}

Status Directory::user_created(const contract::Json& payload) {
    Fields fields(payload);
    const auto user_id = fields.text("userId");
    const auto account_id = fields.text("accountId");
    const auto identity = digest_of(fields.text("issuer"), fields.text("subject"));
    if (auto whole = fields.status(); !whole) return whole;
    account_of_user_.try_emplace(std::string(user_id), account_id);
    identities_.try_emplace(identity, Identity{.user_id = std::string(user_id)});
    return {};
}

Status Directory::user_linked(const contract::Json& payload) {
    Fields fields(payload);
    const auto user_id = fields.text("userId");
    const auto identity = digest_of(fields.text("issuer"), fields.text("subject"));
    if (account_of_user_.find(user_id) == account_of_user_.end()) fields.refuse("userId");
    if (auto whole = fields.status(); !whole) return whole;
    identities_.insert_or_assign(identity,
                                 Identity{.user_id = std::string(user_id), .linked = true});
    return {};
}

Status Directory::user_unlinked(const contract::Json& payload) {
    Fields fields(payload);
    const auto user_id = fields.text("userId");
    const auto identity =
        identities_.find(digest_of(fields.text("issuer"), fields.text("subject")));
    if (auto whole = fields.status(); !whole) return whole;
    // Where it stands for somebody else by now, that link is not the one that was taken away.
    if (identity != identities_.end() && identity->second.user_id == user_id)
        identities_.erase(identity);
    return {};
}

Status Directory::key_created(const contract::Json& payload) {
    Fields fields(payload);
    KeyRecord key;
    key.key_id = fields.text("keyId");
    key.account_id = fields.text("accountId");
    key.name = fields.text("name");
    const auto role = contract::role_from(fields.text("role"));
    if (!role) fields.refuse("role");
    const auto hash = from_hex(fields.text("hash"));
    if (!hash || hash->size() != key.hash.size()) fields.refuse("hash");
    if (fields.has("expiresAt")) {
        key.expires_at = parse_rfc3339(fields.text("expiresAt"));
        if (!key.expires_at) fields.refuse("expiresAt");
    }
    if (auto whole = fields.status(); !whole) return whole;
    key.role = *role;
    std::memcpy(key.hash.data(), hash->data(), key.hash.size());
    // A key that was revoked stays so, whatever order an old event comes in again.
    keys_.try_emplace(key.key_id, key);
    return {};
}

Status Directory::key_revoked(const contract::Json& payload) {
    Fields fields(payload);
    const auto key = keys_.find(fields.text("keyId"));
    if (key == keys_.end()) fields.refuse("keyId");
    if (auto whole = fields.status(); !whole) return whole;
    key->second.revoked = true;
    return {};
}

// From the request on, so that it is the same whether what made the user is still there or not.
// Whoever comes with the same identity afterwards is seen for the first time.
Status Directory::user_erased(const contract::Json& payload) {
    const auto user_id = payload.text("userId");
    if (!user_id) return {};  // A call is.
    if (const auto known = account_of_user_.find(*user_id); known != account_of_user_.end())
        account_of_user_.erase(known);
    std::erase_if(identities_, [&](const auto& one) { return one.second.user_id == *user_id; });
    return {};
}

const AccountRecord* Directory::account(std::string_view account_id) const {
    const auto found = accounts_.find(account_id);
    return found == accounts_.end() ? nullptr : &found->second;
}

bool Directory::account_disabled(std::string_view account_id) const {
    const AccountRecord* const found = account(account_id);
    return found != nullptr && found->disabled;
}

std::optional<UserRecord> Directory::user(std::string_view issuer, std::string_view subject) const {
    const auto found = identities_.find(digest_of(issuer, subject));
    if (found == identities_.end()) return std::nullopt;
    const std::string* const account_id = account_of(found->second.user_id);
    if (account_id == nullptr) return std::nullopt;
    return UserRecord{found->second.user_id, *account_id, found->second.linked};
}

const std::string* Directory::account_of(std::string_view user_id) const {
    const auto found = account_of_user_.find(user_id);
    return found == account_of_user_.end() ? nullptr : &found->second;
}

const KeyRecord* Directory::key(std::string_view key_id) const {
    const auto found = keys_.find(key_id);
    return found == keys_.end() ? nullptr : &found->second;
}

std::string_view Directory::state_of(const KeyRecord& key, WallTime now) const {
    if (key.revoked) return "revoked";
    if (key.expires_at && now >= *key.expires_at) return "expired";
    if (account_disabled(key.account_id)) return "account_disabled";
    return "good";
}

}  // namespace lifeline::identity
