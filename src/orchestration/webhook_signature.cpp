#include "orchestration/webhook_signature.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline::orchestration {

namespace {

constexpr std::string_view prefix = "whsec_";
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

}  // namespace

Result<WebhookSigner> WebhookSigner::create(const std::vector<Secret<std::string>>& secrets) {
    WebhookSigner signer;
    for (const auto& secret : secrets) {
        const std::string& text = secret.reveal();
        auto key =
            text.starts_with(prefix) ? from_base64(text.substr(prefix.size())) : std::nullopt;
        if (!key || key->size() < key_bytes_min || key->size() > key_bytes_max)
            return fail(Code::malformed, "config_invalid",
                        "a webhook secret is whsec_ and 24 to 64 bytes in base64");
        signer.keys_.emplace_back(std::move(*key));
    }
    return signer;
}

std::string WebhookSigner::sign(std::string_view id, std::string_view timestamp,
                                std::string_view body) const {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    content.append(id).append(".").append(timestamp).append(".").append(body);
    std::string out;
    for (const auto& key : keys_) {
        if (!out.empty()) out += ' ';
        out += "v1," + to_base64(view(hmac_sha256(key.reveal(), content)));
    }
    return out;
}

std::string webhook_timestamp(WallTime now) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
}

}  // namespace lifeline::orchestration
