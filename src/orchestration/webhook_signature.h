#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace lifeline::orchestration {

// Standard Webhooks 1.0: HMAC-SHA-256 over "id.timestamp.body", by which a tool knows that a
// request is ours, new and whole. With several secrets each signs, so that a tool can change from
// one to the next without a gap.
class WebhookSigner {
public:
    // A secret is "whsec_" and 24 to 64 bytes as base64. None at all: nothing is signed.
    static Result<WebhookSigner> create(const std::vector<Secret<std::string>>& secrets);

    bool signs() const { return !keys_.empty(); }
    // The value of `webhook-signature`: "v1,<base64> v1,<base64>".
    std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;

private:
    std::vector<Secret<std::string>> keys_;
};

// Seconds since 1970, as the header `webhook-timestamp` has them.
std::string webhook_timestamp(WallTime now);

}  // namespace lifeline::orchestration
