#include "base/webhook_signature.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline {

namespace {

constexpr std::string_view symmetric = "whsec_";
constexpr std::string_view asymmetric = "whsk_";
constexpr std::size_t key_bytes_min = 24;
constexpr std::size_t key_bytes_max = 64;

// Base64 with its own alphabet and padding, out of the one that base has.
std::string to_base64(std::string_view bytes) {
    std::string out = to_base64url(bytes);
    std::ranges::replace(out, '-', '+');
    std::ranges::replace(out, '_', '/');
    return out.append((4 - out.size() % 4) % 4, '=');
}

std::optional<std::string> from_base64(std::string text) {
    if (text.find_first_of("-_") != std::string::npos) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return from_base64url(text);
}

std::unexpected<Error> no_secret(std::string_view what) {
    return fail(Code::malformed, "config_invalid", std::string(what));
}

// Of a seed alone, or of a seed and the public key that belongs to it, as other libraries write it.
std::optional<SigningKey> signing_key(const std::string& bytes) {
    if (bytes.size() != ed25519_key_bytes && bytes.size() != 2 * ed25519_key_bytes)
        return std::nullopt;
    auto key = SigningKey::from_seed(std::span<const std::uint8_t, ed25519_key_bytes>(
        reinterpret_cast<const std::uint8_t*>(bytes.data()), ed25519_key_bytes));
    if (bytes.size() > ed25519_key_bytes &&
        bytes.substr(ed25519_key_bytes) != view(key.public_key()))
        return std::nullopt;
    return key;
}

}  // namespace

Result<WebhookSigner> WebhookSigner::create(const std::vector<Secret<std::string>>& secrets) {
    WebhookSigner signer;
    for (const auto& secret : secrets)
        if (const auto added = signer.add(secret.reveal()); !added) return fail(added.error());
    return signer;
}

Status WebhookSigner::add(const std::string& text) {
    if (text.starts_with(asymmetric)) {
        const auto bytes = from_base64(text.substr(asymmetric.size()));
        auto key = bytes ? signing_key(*bytes) : std::nullopt;
        if (!key) return no_secret("a webhook key is whsk_ and an Ed25519 key in base64");
        signing_.push_back(std::move(*key));
        return {};
    }
    auto key =
        text.starts_with(symmetric) ? from_base64(text.substr(symmetric.size())) : std::nullopt;
    if (!key || key->size() < key_bytes_min || key->size() > key_bytes_max)
        return no_secret("a webhook secret is whsec_ and 24 to 64 bytes in base64");
    keys_.emplace_back(std::move(*key));
    return {};
}

std::string WebhookSigner::sign(std::string_view id, std::string_view timestamp,
                                std::string_view body) const {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    content.append(id).append(".").append(timestamp).append(".").append(body);
    std::string out;
    const auto append = [&out](std::string_view version, std::string_view signature) {
        if (!out.empty()) out += ' ';
        out.append(version).append(",").append(to_base64(signature));
    };
    for (const auto& key : keys_) append("v1", view(hmac_sha256(key.reveal(), content)));
    for (const auto& key : signing_) append("v1a", view(key.sign(content)));
    return out;
}

std::vector<std::string> WebhookSigner::public_keys() const {
    std::vector<std::string> keys;
    for (const auto& key : signing_) keys.push_back("whpk_" + to_base64(view(key.public_key())));
    return keys;
}

std::string webhook_timestamp(WallTime now) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
}

}  // namespace lifeline
