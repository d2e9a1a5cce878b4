#pragma once

#include <string>

#include "sinks/adapter.h"

namespace lifeline::sinks {

// A line of a file for each charge. What is asked and answered here is between this and the
// FileCourier, which has the file: the body is the lines, the answer has a word for each.
class JsonlAdapter final : public Adapter {
public:
    JsonlAdapter();

    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge&) const override { return std::nullopt; }
    Request request(std::span<const Item> items, WallTime now) const override;
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override;

private:
    Capability capability_;
};

}  // namespace lifeline::sinks
