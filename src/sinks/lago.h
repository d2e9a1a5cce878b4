#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "sinks/adapter.h"

namespace lifeline::sinks {

struct LagoOptions {
    Secret<std::string> key;
    Names subscriptions = {};  // Account -> external subscription id.
    Names codes = {};          // Item -> the billable metric's code.
};

// Usage events of Lago, one or up to 100 at a time. It keeps a transaction id for ever and refuses
// one that it has with a 422, by which it says of a batch which of them it means.
class LagoAdapter final : public Adapter {
public:
    explicit LagoAdapter(LagoOptions options);

    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge& charge) const override;
    Request request(std::span<const Item> items, WallTime now) const override;
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override;
    std::optional<Request> question(const Charge& charge) const override;
    Found found(const Charge& charge, const Result<net::Response>& answer) const override;

private:
    net::Headers headers() const;

    LagoOptions options_;
    Capability capability_;
};

}  // namespace lifeline::sinks
