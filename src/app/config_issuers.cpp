#include <fmt/format.h>
#include <toml++/toml.h>

#include <initializer_list>
#include <string>

#include "app/config.h"

namespace lifeline::app {

namespace {

std::unexpected<Error> wrong(std::string detail) {
    return fail(Code::malformed, "config_invalid", std::move(detail));
}

// One [[issuers]] table, read key by key: what was not asked for is refused at the end.
class IssuerTable {
public:
    explicit IssuerTable(const toml::table& table) : table_(table) {}

    std::string text(std::string_view key) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (node == nullptr) return {};
        if (const auto value = node->value_exact<std::string>()) return *value;
        bad_ = fmt::format("issuers.{} must be a text", key);
        return {};
    }
    Millis millis(std::string_view key, Millis otherwise) {
        known_.emplace_back(key);
        const auto* node = table_.get(key);
        if (node == nullptr) return otherwise;
        if (const auto value = node->value_exact<std::int64_t>(); value && *value > 0)
            return Millis{*value};
        bad_ = fmt::format("issuers.{} must be a whole number of milliseconds above 0", key);
        return otherwise;
    }
    std::vector<std::string> texts(std::string_view key) {
        known_.emplace_back(key);
        std::vector<std::string> list;
        const auto* node = table_.get(key);
        if (node == nullptr) return list;
        if (const auto one = node->value_exact<std::string>()) return {*one};
        if (const auto* array = node->as_array())
            for (const auto& item : *array)
                if (const auto value = item.value_exact<std::string>()) list.push_back(*value);
        if (list.empty()) bad_ = fmt::format("issuers.{} must be a text or a list of texts", key);
        return list;
    }
    // roles = { agents = "agent", staff = "operator" }
    void roles(std::vector<std::pair<std::string, contract::Role>>& into) {
        known_.emplace_back("roles");
        const auto* table = table_.get("roles") ? table_.get("roles")->as_table() : nullptr;
        if (table == nullptr) return;
        for (const auto& [name, node] : *table) {
            const auto role = contract::role_from(node.value_or(std::string()));
            if (!role || *role == contract::Role::server)
                bad_ = fmt::format("issuers.roles.{} names no role", name.str());
            else
                into.emplace_back(name.str(), *role);
        }
    }
    Result<void> done() const {
        if (!bad_.empty()) return wrong(bad_);
        for (const auto& [key, node] : table_)
            if (std::find(known_.begin(), known_.end(), key.str()) == known_.end())
                return wrong(fmt::format("issuers.{} is no setting of this version", key.str()));
        return {};
    }

private:
    const toml::table& table_;
    std::vector<std::string> known_;
    std::string bad_;
};

Result<identity::KeySource> key_source(IssuerTable& table) {
    const std::string jwks_file = table.text("jwks_file");
    const std::string jwks_url = table.text("jwks_url");
    const std::string pem_file = table.text("pem_file");
    const std::string secret = table.text("hs256_secret");
    const std::string introspect = table.text("introspect_url");
    const std::string key_id = table.text("key_id");
    identity::Introspection asked;
    asked.url = introspect;
    if (const auto subject = table.text("introspect_subject"); !subject.empty())
        asked.subject = subject;
    asked.name = table.text("introspect_name");
    asked.expiry = table.text("introspect_expiry");
    asked.cache_ttl = table.millis("introspect_cache_ms", asked.cache_ttl);
    int given = 0;
    for (const auto* source : {&jwks_file, &jwks_url, &pem_file, &secret, &introspect})
        given += source->empty() ? 0 : 1;
    if (given != 1)
        return wrong(
            "an issuer needs exactly one of jwks_file, jwks_url, pem_file, hs256_secret, "
            "introspect_url");
    if (!jwks_file.empty()) return identity::JwksFile{jwks_file};
    if (!jwks_url.empty()) {
        identity::JwksUrl source;
        source.url = jwks_url;
        return source;
    }
    if (!pem_file.empty()) return identity::PemFile{pem_file, key_id};
    if (!secret.empty()) return identity::SharedSecret{Secret<std::string>(secret), key_id};
    return asked;
}

}  // namespace

Result<void> read_issuers(const toml::node& node, std::vector<identity::IssuerConfig>& issuers) {
    const auto* list = node.as_array();
    if (list == nullptr) return wrong("issuers must be [[issuers]] tables");
    for (const auto& item : *list) {
        const auto* one = item.as_table();
        if (one == nullptr) return wrong("issuers must be [[issuers]] tables");
        IssuerTable table(*one);
        identity::IssuerConfig issuer;
        issuer.issuer = table.text("issuer");
        issuer.audience = table.texts("audience");
        auto source = key_source(table);
        if (!source) return fail(source.error());
        issuer.keys = std::move(*source);
        issuer.account.fixed = table.text("account");
        issuer.account.claim = table.text("account_claim");
        issuer.role.claim = table.text("role_claim");
        table.roles(issuer.role.roles);
        if (const auto types = table.texts("types"); !types.empty()) issuer.types = types;
        issuer.lifetime_max = table.millis("lifetime_max_ms", issuer.lifetime_max);
        const std::string users = table.text("users");
        if (!users.empty() && users != "on_first_sight" && users != "must_exist")
            return wrong("issuers.users must be on_first_sight or must_exist");
        if (users == "must_exist") issuer.users = identity::UserCreation::must_exist;
        if (const auto read = table.done(); !read) return read;
        issuers.push_back(std::move(issuer));
    }
    return identity::check_issuers(issuers);
}

}  // namespace lifeline::app
