#pragma once

#include <string>

#include "base/webhook_signature.h"
#include "sinks/adapter.h"

namespace lifeline::sinks {

struct WebhookOptions {
    std::string path = "/";
    net::Headers headers = {};  // Beside ours; "Authorization" for instance.
    WebhookSigner signer = {};
    // As long as the receiver knows an id again; nothing: as long as it keeps the charge.
    std::optional<Millis> dedupe_window = {};
};

// Standard Webhooks 1.0. Each charge is one message:
//   {"type":"billing.usage.recorded","timestamp":"<the hour>","data":{"id":...,...}}
// `webhook-id` is the charge's id, the same for every attempt. Only 2xx is a yes, 410 means that
// the receiver wants no more, and nothing can be asked afterwards.
class WebhookAdapter final : public Adapter {
public:
    explicit WebhookAdapter(WebhookOptions options);

    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge& charge) const override;
    Request request(std::span<const Item> items, WallTime now) const override;
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override;

private:
    WebhookOptions options_;
    Capability capability_;
};

}  // namespace lifeline::sinks
