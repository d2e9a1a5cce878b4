#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "sinks/adapter.h"

namespace lifeline::sinks {

struct StripeOptions {
    Secret<std::string> key;
    Names customers = {};    // Account -> "cus_...".
    Names event_names = {};  // Item -> the meter's event name.
    Names meters = {};       // Item -> "mtr_...", by which it can be asked.
    std::string version = "2025-04-30.basil";
};

// Meter events of Stripe's API v1. The charge's id is the event's `identifier`, which Stripe knows
// again for at least 24 hours and then refuses with a 400; that refusal means that it has it.
//
// `Idempotency-Key` is another thing: under it Stripe gives its first answer again, a 500 or a "no
// such customer" too. So it changes with every answer that was no success, and only then.
//
// What it has can be asked only in all, for a customer, a meter and an hour, as a double, and some
// minutes later.
class StripeAdapter final : public Adapter {
public:
    explicit StripeAdapter(StripeOptions options);

    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge& charge) const override;
    Request request(std::span<const Item> items, WallTime now) const override;
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override;
    std::optional<Request> question(const Charge& charge) const override {
        return total_question(charge);
    }
    Found found(const Charge& charge, const Result<net::Response>& answer) const override {
        return total(charge, answer);
    }
    std::optional<Request> total_question(const Charge& charge) const override;
    Found total(const Charge& charge, const Result<net::Response>& answer) const override;

private:
    net::Headers headers() const;

    StripeOptions options_;
    Capability capability_;
};

}  // namespace lifeline::sinks
