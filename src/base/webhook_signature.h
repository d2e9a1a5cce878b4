#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/signature.h"

namespace lifeline {

// Standard Webhooks 1.0: a signature over "id.timestamp.body", by which whoever is told knows that
// a request is ours, new and whole. With several secrets each signs, so that they can change from
// one to the next without a gap.
class WebhookSigner {
public:
    // A secret is "whsec_" and 24 to 64 bytes in base64, which signs with HMAC-SHA-256 ("v1"), or
    // "whsk_" and an Ed25519 seed, with or without its public key behind it ("v1a"). None at all:
    // nothing is signed.
    static Result<WebhookSigner> create(const std::vector<Secret<std::string>>& secrets);

    bool signs() const { return !keys_.empty() || !signing_.empty(); }
    // The value of `webhook-signature`: "v1,<base64> v1a,<base64>".
    std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;
    // "whpk_...", of each Ed25519 key: what those who verify `v1a` are given.
    std::vector<std::string> public_keys() const;

private:
    Status add(const std::string& text);

    std::vector<Secret<std::string>> keys_;
    std::vector<SigningKey> signing_;
};

// Seconds since 1970, as the header `webhook-timestamp` has them.
std::string webhook_timestamp(WallTime now);

}  // namespace lifeline
