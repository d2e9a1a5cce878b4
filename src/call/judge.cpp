#include "call/judge.h"

namespace lifeline::call {

namespace {

class NoTools final : public Judge {
public:
    std::optional<ToolFacts> tool(std::string_view) const override { return std::nullopt; }
    Result<void> check_args(std::string_view, std::string_view) const override {
        return fail(Code::malformed, "args_invalid", "no tool is configured");
    }
    Ruling rule(const Question&) const override {
        Ruling ruling;
        ruling.policy_id = "none";
        ruling.policy_version = "0";
        ruling.reason = "no_tools";
        return ruling;
    }
    Shown show(std::string_view, std::string_view, std::string_view) const override { return {}; }
};

}  // namespace

std::shared_ptr<const Judge> no_tools() {
    static const auto none = std::make_shared<const NoTools>();
    return none;
}

}  // namespace lifeline::call
