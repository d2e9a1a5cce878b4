#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "sinks/adapter.h"

namespace lifeline::sinks {

struct OpenMeterOptions {
    Secret<std::string> key;  // Empty: none is sent, as a server of one's own may have it.
    Names subjects = {};      // Account -> subject; one that is not named is its own.
    Names types = {};         // Item -> event type; one that is not named is its own.
    Names meters = {};        // Item -> the meter's slug, for totals.
    std::string source = "lifeline";
};

// CloudEvents in batches. OpenMeter knows source and id again for 32 days and says nothing of it:
// 204 is all it ever says. Whether it has an event can be asked by its id.
class OpenMeterAdapter final : public Adapter {
public:
    explicit OpenMeterAdapter(OpenMeterOptions options);

    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge& charge) const override;
    Request request(std::span<const Item> items, WallTime now) const override;
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override;
    std::optional<Request> question(const Charge& charge) const override;
    Found found(const Charge& charge, const Result<net::Response>& answer) const override;
    std::optional<Request> total_question(const Charge& charge) const override;
    Found total(const Charge& charge, const Result<net::Response>& answer) const override;

private:
    net::Headers headers() const;

    OpenMeterOptions options_;
    Capability capability_;
};

}  // namespace lifeline::sinks
