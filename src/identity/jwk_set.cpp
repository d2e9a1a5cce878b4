#include "identity/jwk_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "contract/json.h"
#include "contract/reason.h"

namespace lifeline::identity {

namespace {

constexpr std::size_t keys_max = 64;
constexpr std::size_t key_id_bytes_max = 256;

std::unexpected<Error> bad_set(std::string detail) {
    return contract::refuse(contract::reason::config_invalid, std::move(detail));
}

std::string_view text_of(const contract::Json& jwk, std::string_view name) {
    return jwk.text(name).value_or(std::string_view());
}

// A member that holds a number or a coordinate; empty, which no key accepts, when it is no
// base64url.
std::string bytes_of(const contract::Json& jwk, std::string_view name) {
    return from_base64url(text_of(jwk, name)).value_or(std::string());
}

// Why a key is for something else than verifying tokens, if it is.
std::optional<std::string_view> other_purpose(const contract::Json& jwk) {
    if (jwk.find("use") && text_of(jwk, "use") != "sig") return "its use is not sig";
    const auto operations = jwk.find("key_ops");
    if (!operations) return std::nullopt;
    if (operations->is_array() &&
        std::ranges::any_of(operations->items(), [](const contract::Json& operation) {
            return operation.as_text() == "verify";
        }))
        return std::nullopt;
    return "its key_ops are without verify";
}

Result<VerifyKey> verify_key(const contract::Json& jwk) {
    const auto kind = text_of(jwk, "kty");
    const auto curve = text_of(jwk, "crv");
    if (kind == "OKP" && curve == "Ed25519") return VerifyKey::ed25519(bytes_of(jwk, "x"));
    if (kind == "EC" && curve == "P-256")
        return VerifyKey::es256(bytes_of(jwk, "x"), bytes_of(jwk, "y"));
    if (kind == "RSA") return VerifyKey::rs256(bytes_of(jwk, "n"), bytes_of(jwk, "e"));
    return bad_set("not an Ed25519, P-256 or RSA key");
}

// The key, or why it is left out.
Result<TokenKey> token_key(const contract::Json& jwk) {
    if (const auto purpose = other_purpose(jwk)) return bad_set(std::string(*purpose));
    auto key = verify_key(jwk);
    if (!key) return fail(key.error());
    TokenKey out(std::string(text_of(jwk, "kid")), *std::move(key));
    if (jwk.find("alg") && !names_algorithm(text_of(jwk, "alg"), out.algorithm()))
        return bad_set("its alg is not EdDSA, ES256 or RS256 as its kind would have");
    return out;
}

}  // namespace

Result<KeySet> parse_jwk_set(std::string_view json) {
    if (json.size() > jwk_set_bytes_max) return bad_set("the key set is larger than 64 KiB");
    const auto set = contract::Json::parse(json);
    if (!set) return bad_set("the key set is no JSON: " + set.error().detail);
    const auto keys = set->find("keys");
    if (!keys || !keys->is_array()) return bad_set("the key set has no list of keys");

    KeySet out;
    std::size_t index = 0;
    for (const contract::Json& jwk : keys->items()) {
        if (index == keys_max) return bad_set("the key set has more than 64 keys");
        if (!jwk.is_object()) return bad_set(fmt::format("key {} is no object", index));
        if (text_of(jwk, "kid").size() > key_id_bytes_max)
            return bad_set(fmt::format("key {} has too long a kid", index));
        if (jwk.find("d") || jwk.find("p") || jwk.find("q"))
            return bad_set(fmt::format("key {} is a private key; withdraw it", index));
        auto key = token_key(jwk);
        if (!key)
            out.skipped.push_back(fmt::format("key {}: {}", index, key.error().detail));
        else if (!key->key_id().empty() &&
                 std::ranges::find(out.keys, key->key_id(), &TokenKey::key_id) != out.keys.end())
            return bad_set(fmt::format("key {} has the kid of another one", index));
        else
            out.keys.push_back(*std::move(key));
        ++index;
    }
    if (out.keys.empty()) return bad_set("the key set has no key that we could verify with");
    return out;
}

KeyChoice choose_key(const KeySet& set, const CompactJws& token) {
    const auto fits = [&](const TokenKey& key) {
        return names_algorithm(token.algorithm(), key.algorithm());
    };
    if (!token.key_id().empty()) {
        const auto named = std::ranges::find(set.keys, token.key_id(), &TokenKey::key_id);
        if (named != set.keys.end()) return {fits(*named) ? &*named : nullptr, true};
    }
    KeyChoice choice;
    for (const TokenKey& key : set.keys) {
        if (!fits(key) || (!token.key_id().empty() && !key.key_id().empty())) continue;
        if (choice.key != nullptr) return {};  // Two could be meant: the token has to say which.
        choice.key = &key;
    }
    return choice;
}

}  // namespace lifeline::identity
