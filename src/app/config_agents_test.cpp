#include "app/config_agents.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <cstdlib>
#include <map>

#include "app/renew_agents.h"
#include "app/show_agents.h"
#include "contract/reason.h"

namespace lifeline::app {

namespace {

// What is said of it; "" when it is taken.
std::string refusal_of(std::string_view text) {
    std::vector<AgentConfig> agents;
    const toml::table table = toml::parse(text);
    const auto read = read_agents(*table.get("agents"), agents);
    return read ? "" : read.error().detail;
}

std::vector<AgentConfig> read(std::string_view text) {
    std::vector<AgentConfig> agents;
    const toml::table table = toml::parse(text);
    EXPECT_TRUE(read_agents(*table.get("agents"), agents).has_value()) << text;
    return agents;
}

}  // namespace

TEST(ConfigAgents, SaysWhatIsWrongAndWhere) {
    const std::string scripted = "[agents.a]\ndriver = \"scripted\"\n";
    const std::string openai =
        "[agents.a]\ndriver = \"openai\"\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n";
    const std::string claw = "driver = \"openclaw\"\nkey_env = \"T\"\n";
    struct Case {
        std::string text;
        std::string refusal;
    };
    const Case cases[] = {
        {scripted, ""},
        {openai + "key_env = \"K\"\n", ""},
        {openai + "profile = \"ollama\"\n", ""},
        {openai, "line 1: agents.a: key_file or key_env must say where the key is"},
        {openai + "key_env = \"K\"\nkey_file = \"f\"\n",
         "line 5: agents.a: key_env and key_file are one too many"},
        {openai + "profile = \"else\"\n",
         "line 5: agents.a: profile must be one of generic, kimi, openai, opencode, ollama"},
        {"[agents.a]\n", "line 1: agents.a: driver must be openai, openclaw or scripted"},
        {"[agents.a]\ndriver = \"openclaw\"\nkey_env = \"T\"\ngateway = \"10.0.0.1:1\"\n",
         "line 4: agents.a: gateway must be a loopback address with its port: 127.0.0.1:18789"},
        {"[agents.a]\ndriver = \"openclaw\"\n",
         "line 1: agents.a: key_file or key_env must say where the gateway's token is"},
        {scripted + "model = \"m\"\n", "line 3: agents.a: model is no setting of this version"},
        {scripted + "join = \"some\"\n", "line 3: agents.a: join must be all or asked"},
        {scripted + "[agents.a.caps]\nturn_token = 1\n",
         "line 4: agents.a: turn_token is no setting of this version"},
        {scripted + "[agents.b]\ndriver = \"scripted\"\nuser_id = \"agt_a\"\n",
         "line 3: agents.b: user_id is that of another agent, too"},
        {"[agents.a]\n" + claw + "[agents.b]\n" + claw + "gateway_agent = \"second\"\n", ""},
        {"[agents.a]\n" + claw + "[agents.b]\n" + claw,
         "line 4: agents.b: gateway_agent is that of another agent, too"},
    };
    for (const auto& [text, refusal] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(refusal_of(text), refusal);
    }
}

TEST(ConfigAgents, AreShownAsTheyCountAndNeverWithAKey) {
    ::setenv("LIFELINE_TEST_AGENT_KEY", "sk-hidden", 1);
    const auto agents = read(
        "[agents.coach]\ndriver = \"openai\"\nprofile = \"kimi\"\nmodel = \"m\"\n"
        "key_env = \"LIFELINE_TEST_AGENT_KEY\"\ntools = []\ncaps = { day_tokens = 7 }\n");
    ::unsetenv("LIFELINE_TEST_AGENT_KEY");
    std::map<std::string, std::string> shown;
    for (const auto& [name, value, from] : show_agent(agents.at(0))) {
        EXPECT_EQ(value.find("hidden"), std::string::npos) << name;
        shown[name] = value + (from == Source::file ? " file" : " default");
    }
    EXPECT_EQ(shown["model"], R"("m" file)");
    EXPECT_EQ(shown["base_url"], R"("https://api.moonshot.ai/v1" default)");
    EXPECT_EQ(shown["key_env"], R"("LIFELINE_TEST_AGENT_KEY" file)");
    EXPECT_EQ(shown["tools"], "[] file");
    EXPECT_EQ(shown["caps.day_tokens"], "7 file");
    EXPECT_EQ(shown["caps.turn_tokens"], "200000 default");
    EXPECT_FALSE(shown.contains("key_file"));
    EXPECT_FALSE(shown.contains("gateway"));
}

TEST(ConfigAgents, MayChangeButForWhoTheyAre) {
    const std::string a = "[agents.a]\ndriver = \"scripted\"\n";
    struct Case {
        std::string next;
        std::string applied;
        std::string needs_restart;
    };
    const Case cases[] = {
        {a, "", ""},
        {a + "persona = \"Be kind.\"\n", "agents.a", ""},
        {a + "caps = { day_tokens = 7 }\n", "agents.a", ""},
        {a + "user_id = \"agt_else\"\n", "", "agents.a"},
        {a + "[agents.b]\ndriver = \"scripted\"\n", "", "agents.b"},
        {"[agents.b]\ndriver = \"scripted\"\n", "", "agents.a agents.b"},
        {"[agents.a]\ndriver = \"openai\"\nprofile = \"ollama\"\nmodel = \"m\"\n", "", "agents.a"},
    };
    for (const auto& [next, applied, needs_restart] : cases) {
        SCOPED_TRACE(next);
        auto agents = read(a);
        const AgentChanges changes = take_agents(agents, read(next));
        EXPECT_EQ(fmt::to_string(fmt::join(changes.applied, " ")), applied);
        EXPECT_EQ(fmt::to_string(fmt::join(changes.needs_restart, " ")), needs_restart);
        EXPECT_EQ(take_agents(agents, read(next)).applied.size(), 0U) << "it is so now";
    }
}

TEST(ConfigAgents, HasDefaultsThatCapWhatIsSpent) {
    std::vector<AgentConfig> agents;
    const toml::table table = toml::parse(
        "[agents.coach]\ndriver = \"openai\"\nprofile = \"kimi\"\nmodel = \"m\"\nkey_env = \"K\"\n"
        "tools = []\nprices = { input = 5, output = 7 }\ncaps = { day_tokens = 0 }\n");
    ASSERT_TRUE(read_agents(*table.get("agents"), agents).has_value());
    const AgentConfig& coach = agents.at(0);
    EXPECT_EQ(coach.settings.user_id, "agt_coach");
    EXPECT_EQ(coach.base_url, "https://api.moonshot.ai/v1");
    EXPECT_FALSE(coach.settings.all_tools);
    EXPECT_EQ(coach.settings.prices, (agent::Prices{5, 5, 7}));
    EXPECT_GT(coach.settings.caps.turn.tokens, 0);
    EXPECT_GT(coach.settings.caps.user_day.tokens, 0);
    EXPECT_EQ(coach.settings.caps.day.tokens, 0);
}

}  // namespace lifeline::app
