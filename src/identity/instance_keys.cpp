#include "identity/instance_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "contract/json.h"
#include "identity/key_folder.h"

namespace lifeline::identity {

namespace {

// In the order in which they are made: the last one says that a first start was finished.
constexpr std::array<std::string_view, 2> key_names = {"signing.key", "root.key"};
using KeySet = std::array<std::optional<Secret<KeyBytes>>, key_names.size()>;

std::string ed25519_jwk(const SigningKey& key) {
    // The members that a thumbprint is made of, in its order.
    return fmt::format(R"({{"crv":"Ed25519","kty":"OKP","x":"{}"}})",
                       to_base64url(view(key.public_key())));
}

Result<KeySet> read_keys(const KeyFolder& folder) {
    KeySet keys;
    // Backwards, so that a first start beside this one never looks like a lost key.
    for (std::size_t i = key_names.size(); i-- > 0;) {
        auto key = folder.read(key_names[i]);
        if (!key) return fail(key.error());
        keys[i] = *std::move(key);
    }
    return keys;
}

// A first start that was interrupted leaves a beginning of the list. A hole in it is a lost key.
Status check_no_hole(const KeySet& keys, const std::filesystem::path& folder) {
    bool later_is_there = false;
    for (std::size_t i = key_names.size(); i-- > 0;) {
        if (!keys[i] && later_is_there)
            return fail(
                Code::not_found, "keys_missing",
                fmt::format("{} lost {}; restore it from a backup", folder.string(), key_names[i]));
        later_is_there = later_is_there || keys[i].has_value();
    }
    return {};
}

}  // namespace

InstanceKeys::InstanceKeys(SigningKey signing, const Digest& root)
    : signing_(std::move(signing)), root_(root) {
    const Digest id = mac("instance id", "");
    issuer_ = "urn:lifeline:" + to_hex(std::span(id).first(8));
    key_id_ = to_base64url(view(sha256(ed25519_jwk(signing_))));
}

Result<InstanceKeys> InstanceKeys::open_or_create(const std::filesystem::path& path,
                                                  Random& random) {
    auto folder = KeyFolder::open(path, KeyFolder::Missing::create);
    if (!folder) return fail(folder.error());
    auto keys = read_keys(*folder);
    if (!keys) return fail(keys.error());
    if (auto whole = check_no_hole(*keys, path); !whole) return fail(whole.error());
    for (std::size_t i = 0; i < key_names.size(); ++i) {
        if ((*keys)[i]) continue;
        auto made = folder->create(key_names[i], random);
        if (!made) return fail(made.error());
        (*keys)[i] = *std::move(made);
    }
    return InstanceKeys(SigningKey::from_seed((*keys)[0]->reveal()), (*keys)[1]->reveal());
}

Result<InstanceKeys> InstanceKeys::open(const std::filesystem::path& path) {
    auto folder = KeyFolder::open(path, KeyFolder::Missing::refuse);
    if (!folder) return fail(folder.error());
    auto keys = read_keys(*folder);
    if (!keys) return fail(keys.error());
    for (std::size_t i = 0; i < key_names.size(); ++i) {
        if (!(*keys)[i])
            return fail(Code::not_found, "keys_missing",
                        fmt::format("{} has no {}", path.string(), key_names[i]));
    }
    return InstanceKeys(SigningKey::from_seed((*keys)[0]->reveal()), (*keys)[1]->reveal());
}

std::string InstanceKeys::public_jwk_json() const {
    // Base64url and fixed words only: nothing that would need escaping.
    return fmt::format(
        R"({{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"{}","alg":"EdDSA","use":"sig"}})",
        to_base64url(view(signing_.public_key())), key_id_);
}

bool InstanceKeys::is_in_jwks(std::string_view set) const {
    const auto json = contract::Json::parse(set);
    const auto keys = json ? json->find("keys") : std::nullopt;
    if (!keys) return false;
    const std::string key = to_base64url(view(signing_.public_key()));
    return std::ranges::any_of(keys->items(), [&](const contract::Json& one) {
        return one.text("kid") == key_id_ && one.text("x") == key;
    });
}

Secret<Digest> InstanceKeys::derive(std::string_view purpose) const {
    return Secret(hmac_sha256(view(root_.reveal()), fmt::format("lifeline v1 {}", purpose)));
}

Digest InstanceKeys::mac(std::string_view purpose, std::string_view bytes) const {
    return hmac_sha256(view(derive(purpose).reveal()), bytes);
}

}  // namespace lifeline::identity
