#include "rulebook/rulebook.h"

#include <gtest/gtest.h>

#include <string>

#include "contract/form.h"

namespace lifeline::rulebook {

namespace {

using Outcome = call::Ruling::Outcome;

tools::Tool tool(std::string name, contract::Risk risk) {
    tools::Tool made;
    made.name = std::move(name);
    made.kind = tools::Kind::client;
    made.risk = risk;
    made.schema_json = R"({"type":"object","required":["to"]})";
    return made;
}

Rulebook rulebook(safety::KillSwitches switches = {}) {
    tools::Tool send = tool("send", contract::Risk::high_risk_external_send);
    send.description = "Sends a mail.";
    send.display = {.scope_kind = "payment",
                    .title = "Pay?",
                    .target = "/to/0",
                    .recipients = "/to",
                    .preview = "/text",
                    .amount = "/amount",
                    .currency = "/currency"};
    auto registry = tools::Registry::create(
        {send, tool("look", contract::Risk::read_only), tool("bare", contract::Risk::read_only)});
    EXPECT_TRUE(registry.has_value());
    return Rulebook({.tools = std::move(*registry),
                     .kill_switches = std::move(switches),
                     .confirm_within = std::chrono::minutes(2)});
}

call::Question about(std::string_view type, contract::Risk risk) {
    call::Question question;
    question.action_type = type;
    question.risk = risk;
    question.session_id = "sess_1";
    question.account_id = "acct_1";
    question.args_json = R"({"to":["a"]})";
    return question;
}

}  // namespace

TEST(Rulebook, SaysOfAToolWhatACallNeedsToKnow) {
    const Rulebook book = rulebook();
    EXPECT_FALSE(book.tool("fly").has_value());
    const auto look = book.tool("look");
    ASSERT_TRUE(look.has_value());
    EXPECT_EQ(look->executor, call::client_executor);
    EXPECT_TRUE(look->repeatable);
    EXPECT_FALSE(book.tool("send")->repeatable);
    EXPECT_TRUE(book.check_args("send", R"({"to":["a"]})").has_value());
    EXPECT_EQ(book.check_args("send", "{}").error().reason, "args_invalid");
    EXPECT_EQ(book.check_args("fly", "{}").error().reason, "args_invalid");
}

TEST(Rulebook, RulesByThePolicyAndNamesItsVeryText) {
    const Rulebook book = rulebook();
    const auto asked = book.rule(about("send", contract::Risk::high_risk_external_send));
    EXPECT_EQ(asked.outcome, Outcome::confirm);
    EXPECT_EQ(asked.confirm_by, call::Confirmer::owner);
    EXPECT_EQ(asked.confirm_within, Millis{120'000});
    EXPECT_TRUE(contract::matches(contract::Form::word, asked.policy_version));
    EXPECT_NE(
        asked.policy_version.find(std::string(safety::Policy::standard().hash().substr(0, 12))),
        std::string::npos);
    EXPECT_TRUE(contract::matches(contract::Form::sha256, asked.inputs_hash));
    EXPECT_EQ(book.rule(about("look", contract::Risk::read_only)).outcome, Outcome::allow);
}

TEST(Rulebook, AKillSwitchComesBeforeThePolicy) {
    const Rulebook book = rulebook({.action_types = {{"look", "it loops"}}});
    const auto stopped = book.rule(about("look", contract::Risk::read_only));
    EXPECT_EQ(stopped.outcome, Outcome::deny);
    EXPECT_TRUE(contract::matches(contract::Form::code, stopped.reason));
    EXPECT_EQ(book.rule(about("bare", contract::Risk::read_only)).outcome, Outcome::allow);
}

// What a person is shown comes from the arguments and from the operator, never from the agent.
TEST(Rulebook, ShowsWhatWouldBeDone) {
    const Rulebook book = rulebook();
    const auto shown = book.show(
        "send", "nothing to worry about",
        R"({"amount":"1000000000","currency":"CHF","text":"Dear Eve","to":["eve@x.org","bob@x.org"]})");
    EXPECT_EQ(shown.title, "Pay?");
    EXPECT_EQ(shown.description, "Sends a mail.");
    EXPECT_EQ(shown.target, "eve@x.org");
    EXPECT_EQ(shown.recipients, (std::vector<std::string>{"eve@x.org", "bob@x.org"}));
    EXPECT_EQ(shown.preview, "Dear Eve");
    EXPECT_EQ(shown.amount, "1000000000");
    EXPECT_EQ(shown.currency, "CHF");
    // All of it: what has no place of its own stands before the text, which cannot look like it.
    const auto more = book.show(
        "send", "", R"({"bcc":["m@x.org"],"text":"Dear Eve\n{\"bcc\":[]}","to":["eve@x.org"]})");
    EXPECT_EQ(more.preview, "{\"bcc\":[\"m@x.org\"]}\n\nDear Eve\n{\"bcc\":[]}");
    // Also what does not look as its place would have it, and is shown nowhere.
    const auto odd = book.show("send", "", R"({"amount":"much","text":"Hi","to":[{"a":1}]})");
    EXPECT_EQ(odd.preview, "{\"amount\":\"much\",\"to\":[{\"a\":1}]}\n\nHi");
    const auto strange =
        book.show("send", "", R"({"amount":"much","currency":"dollars","to":"a"})");
    EXPECT_EQ(strange.amount, "");
    EXPECT_EQ(strange.currency, "");
    EXPECT_EQ(strange.preview, R"({"amount":"much","currency":"dollars","to":"a"})");
    EXPECT_EQ(book.show("bare", "", "{}").title, "Run bare?");
}

}  // namespace lifeline::rulebook
