#include "identity/api_key.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"

namespace lifeline::identity {

namespace {
constexpr std::size_t key_id_chars = 26;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_chars = 43;  // 32 bytes in base64url.
}  // namespace

ApiKey new_api_key(WallTime now, Random& random) {
    std::string key_id = new_ulid(now, random);
    const auto secret = random.bytes<secret_bytes>();
    std::string text = std::string(api_key_prefix) + key_id + "_" + to_base64url(view(secret));
    return {std::move(key_id), Secret(std::move(text))};
}

std::optional<std::string_view> api_key_id(std::string_view text) {
    if (text.size() != api_key_prefix.size() + key_id_chars + 1 + secret_chars) return std::nullopt;
    if (!text.starts_with(api_key_prefix)) return std::nullopt;
    const auto key_id = text.substr(api_key_prefix.size(), key_id_chars);
    const bool plain = std::ranges::all_of(
        key_id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
    if (!plain || text[api_key_prefix.size() + key_id_chars] != '_') return std::nullopt;
    return key_id;
}

Digest api_key_hash(std::string_view text) {
    Sha256 hasher;
    return hasher.of({"lifeline api key v1 ", text});
}

}  // namespace lifeline::identity
