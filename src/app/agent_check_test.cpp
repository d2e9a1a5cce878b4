#include "app/agent_check.h"

#include <gtest/gtest.h>

namespace lifeline::app {

TEST(AgentCheck, SaysWhatItCostOnlyWhereThatIsKnown) {
    struct Case {
        const char* name;
        const char* driver;
        std::set<std::string, std::less<>> given;
        std::optional<agent::Usage> usage;
        std::optional<std::int64_t> cost;
    };
    const agent::Usage all{.input_tokens = 1'000'000, .output_tokens = 2'000'000};
    const std::set<std::string, std::less<>> prices{"prices", "prices.input", "prices.output"};
    const Case cases[] = {
        {"all is known", "openai", prices, all, 7},
        {"no prices", "openai", {}, all, std::nullopt},
        {"half of the prices", "openai", {"prices", "prices.input"}, all, std::nullopt},
        {"no tokens", "openai", prices, std::nullopt, std::nullopt},
        {"half of the tokens", "openai", prices, agent::Usage{.input_tokens = 5}, std::nullopt},
        {"nobody is asked", "scripted", {}, std::nullopt, 0},
    };
    for (const auto& [name, driver, given, usage, cost] : cases) {
        SCOPED_TRACE(name);
        AgentConfig config;
        config.driver = driver;
        config.given = given;
        config.settings.prices = {.input = 1, .cached = 1, .output = 3};
        EXPECT_EQ(cost_of(config, {.usage = usage}), cost);
    }
}

TEST(AgentCheck, PassesWhoAnswersAndIsNotAskedForATool) {
    AgentCheck check;
    EXPECT_TRUE(check.passed());
    check.tool = CheckedCall();
    EXPECT_FALSE(check.passed());
    check.tool_called = true;
    EXPECT_TRUE(check.passed());
    check.sentence.failure = agent::Failure{.reason = "model_unreachable"};
    EXPECT_FALSE(check.passed());
}

}  // namespace lifeline::app
