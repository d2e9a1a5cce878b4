#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <string>

#include "app/config.h"
#include "app/settings.h"
#include "contract/json_writer.h"
#include "identity/keyed_issuers.h"

namespace lifeline::app {

namespace {

// One [[issuers]] table, read key by key. The first thing that is wrong is kept for `status`, which
// also refuses what was never asked for.
class IssuerTable {
public:
    explicit IssuerTable(const toml::table& table) : table_(table) {}

    std::string text(std::string_view key) {
        const auto* node = find(key);
        if (node == nullptr) return {};
        const auto value = node->value_exact<std::string>();
        if (!value) refuse(*node, key, "must be a text");
        return value.value_or(std::string());
    }
    Millis millis(std::string_view key, Millis otherwise) {
        const auto* node = find(key);
        if (node == nullptr) return otherwise;
        const auto value = node->value_exact<std::int64_t>();
        if (!value || *value <= 0)
            refuse(*node, key, "must be a whole number of milliseconds above 0");
        return Millis{value.value_or(1)};
    }
    std::vector<std::string> texts(std::string_view key) {
        const auto* node = find(key);
        if (node == nullptr) return {};
        if (const auto one = node->value_exact<std::string>()) return {*one};
        std::vector<std::string> list;
        const auto* array = node->as_array();
        for (std::size_t i = 0; array != nullptr && i < array->size(); ++i)
            if (const auto value = (*array)[i].value_exact<std::string>()) list.push_back(*value);
        if (list.empty() || list.size() != array->size())
            refuse(*node, key, "must be a text or a list of texts");
        return list;
    }
    // roles = { agents = "agent", staff = "operator" }
    std::vector<std::pair<std::string, contract::Role>> roles() {
        const auto* node = find("roles");
        if (node == nullptr) return {};
        std::vector<std::pair<std::string, contract::Role>> rows;
        const auto* words = node->as_table();
        if (words == nullptr) {
            refuse(*node, "roles", "must be a table of a claim's words and roles");
            return rows;
        }
        for (const auto& [name, word] : *words) {
            const auto role =
                contract::role_from(word.value_exact<std::string>().value_or(std::string()));
            if (!role || *role == contract::Role::server)
                refuse(word, fmt::format("roles.{}", name.str()), "names no role");
            else
                rows.emplace_back(name.str(), *role);
        }
        return rows;
    }
    bool either(std::string_view key, std::string_view usual, std::string_view other) {
        const std::string word = text(key);
        if (!word.empty() && word != usual && word != other)
            refuse(*find(key), key, fmt::format("must be {} or {}", usual, other));
        return word == other;
    }
    Result<void> status() const {
        for (const auto& [key, node] : table_)
            if (std::ranges::find(known_, key.str()) == known_.end())
                return wrong_setting(key.source().begin.line, fmt::format("issuers.{}", key.str()),
                                     "is no setting of this version");
        return status_;
    }
    std::uint32_t line() const { return table_.source().begin.line; }

private:
    const toml::node* find(std::string_view key) {
        known_.emplace_back(key);
        return table_.get(key);
    }
    void refuse(const toml::node& node, std::string_view key, std::string_view what) {
        if (status_)
            status_ = wrong_setting(node.source().begin.line, fmt::format("issuers.{}", key), what);
    }

    const toml::table& table_;
    std::vector<std::string> known_;
    Result<void> status_;
};

// Nothing where not exactly one is given.
std::optional<identity::KeySource> key_source(IssuerTable& table) {
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
    if (given != 1) return std::nullopt;
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

Result<identity::IssuerConfig> read_issuer(const toml::table& node) {
    IssuerTable table(node);
    identity::IssuerConfig issuer;
    issuer.issuer = table.text("issuer");
    issuer.audience = table.texts("audience");
    auto source = key_source(table);
    issuer.account.fixed = table.text("account");
    issuer.account.claim = table.text("account_claim");
    issuer.role.claim = table.text("role_claim");
    issuer.role.roles = table.roles();
    if (const auto types = table.texts("types"); !types.empty()) issuer.types = types;
    issuer.lifetime_max = table.millis("lifetime_max_ms", issuer.lifetime_max);
    if (table.either("users", "on_first_sight", "must_exist"))
        issuer.users = identity::UserCreation::must_exist;
    if (const auto read = table.status(); !read) return fail(read.error());
    if (!source)
        return wrong_setting(table.line(), "issuers",
                             "needs exactly one of jwks_file, jwks_url, pem_file, hs256_secret, "
                             "introspect_url");
    issuer.keys = *std::move(source);
    return issuer;
}

}  // namespace

Result<void> read_issuers(const toml::node& node, std::vector<identity::IssuerConfig>& issuers) {
    const auto* list = node.as_array();
    const auto refused = [](const toml::node& at, std::string_view what) {
        return wrong_setting(at.source().begin.line, "issuers", what);
    };
    if (list == nullptr) return refused(node, "must be [[issuers]] tables");
    for (const auto& item : *list) {
        const auto* table = item.as_table();
        if (table == nullptr) return refused(item, "must be [[issuers]] tables");
        auto issuer = read_issuer(*table);
        if (!issuer) return fail(issuer.error());
        issuers.push_back(*std::move(issuer));
        // After each, so that the line is that of the one that does not fit in.
        auto sound = identity::check_issuers(issuers);
        if (sound) sound = identity::check_key_file(issuers.back());
        if (!sound)  // It names the issuer and the setting.
            return fail(Code::malformed, "config_invalid",
                        fmt::format("line {}: {}", item.source().begin.line, sound.error().detail));
    }
    return {};
}

std::string show_issuer(const identity::IssuerConfig& issuer) {
    contract::JsonWriter json;
    const auto texts = [&](std::string_view key, const std::vector<std::string>& list) {
        json.key(key).array();
        for (const auto& text : list) json.value(text);
        json.end();
    };
    json.object().key("issuer").value(issuer.issuer);
    texts("audience", issuer.audience);
    struct Show {
        contract::JsonWriter& json;
        void operator()(const identity::JwksFile& s) {
            json.key("jwks_file").value(s.path.string());
        }
        void operator()(const identity::JwksUrl& s) { json.key("jwks_url").value(s.url); }
        void operator()(const identity::PemFile& s) { json.key("pem_file").value(s.path.string()); }
        void operator()(const identity::SharedSecret&) { json.key("hs256_secret").value("***"); }
        void operator()(const identity::Introspection& s) {
            json.key("introspect_url").value(s.url);
        }
    };
    std::visit(Show{json}, issuer.keys);
    if (!issuer.account.fixed.empty()) json.key("account").value(issuer.account.fixed);
    if (!issuer.account.claim.empty()) json.key("account_claim").value(issuer.account.claim);
    if (!issuer.role.claim.empty()) {
        json.key("role_claim").value(issuer.role.claim).key("roles").object();
        for (const auto& [word, role] : issuer.role.roles)
            json.key(word).value(contract::to_text(role));
        json.end();
    }
    texts("types", issuer.types);
    json.key("lifetime_max_ms").value(issuer.lifetime_max.count());
    json.key("users").value(issuer.users == identity::UserCreation::must_exist ? "must_exist"
                                                                               : "on_first_sight");
    json.end();
    return json.take();
}

}  // namespace lifeline::app
