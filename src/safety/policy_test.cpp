#include "safety/policy.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeline::safety {
namespace {

using contract::Risk;

Policy policy_of(std::string_view rules) {
    auto policy = Policy::parse(R"({"id":"p","version":"1","rules":)" + std::string(rules) + "}");
    EXPECT_TRUE(policy) << policy.error().pointer << " " << policy.error().detail;
    return policy ? *std::move(policy) : Policy::standard();
}

TEST(Policy, TheStandardOneAsksForWhatCannotBeTakenBack) {
    struct Case {
        Risk risk;
        Outcome outcome;
        const char* rule;
        const char* reason;
    };
    const Case cases[] = {
        {Risk::read_only, Outcome::allow, "default:read_only", ""},
        {Risk::low_risk_write, Outcome::allow, "default:low_risk_write", ""},
        {Risk::high_risk_external_send, Outcome::confirm, "default:high_risk_external_send",
         "explicit_user_confirmation_required"},
    };
    const Policy policy = Policy::standard();
    EXPECT_EQ(policy.id(), "standard");
    for (const auto& [risk, outcome, rule, reason] : cases) {
        SCOPED_TRACE(rule);
        const auto verdict = policy.evaluate({.action_type = "send_email", .risk = risk});
        EXPECT_EQ(verdict.outcome, outcome);
        EXPECT_EQ(verdict.rules, std::vector<std::string>{rule});
        EXPECT_EQ(verdict.reason, reason);
        EXPECT_EQ(verdict.message.empty(), outcome == Outcome::allow);
        EXPECT_EQ(verdict.confirm_by, "owner");
        EXPECT_TRUE(verdict.may_edit);
        EXPECT_FALSE(verdict.confirm_within);
    }
    // Who asks without saying what for is asked about the worst.
    EXPECT_EQ(policy.evaluate({.action_type = "x"}).outcome, Outcome::confirm);
}

TEST(Policy, EveryConditionOfARule) {
    const Consent granted[] = {{"outreach", "granted"}};
    const Consent taken_back[] = {{"outreach", "granted"}, {"outreach", "withdrawn"}};
    struct Case {
        const char* name;
        const char* when;
        Question question;
        bool matches;
    };
    const Case cases[] = {
        {"nothing asked", "{}", {}, true},
        {"action", R"({"action":"send_email"})", {.action_type = "send_email"}, true},
        {"action glob", R"({"action":"send_*"})", {.action_type = "send_email"}, true},
        {"another action", R"({"action":"send_*"})", {.action_type = "resend_email"}, false},
        {"action, case", R"({"action":"send_*"})", {.action_type = "Send_email"}, false},
        {"one of actions", R"({"action":["book","send_*"]})", {.action_type = "book"}, true},
        {"risk", R"({"risk":"read_only"})", {.risk = Risk::read_only}, true},
        {"another risk", R"({"risk":"read_only"})", {.risk = Risk::low_risk_write}, false},
        {"one of risks",
         R"({"risk":["read_only","low_risk_write"]})",
         {.risk = Risk::low_risk_write},
         true},
        {"role", R"({"role":"agent"})", {.role = contract::Role::agent}, true},
        {"another role", R"({"role":"agent"})", {.role = contract::Role::service}, false},
        {"one of roles", R"({"role":["user","service"]})", {.role = contract::Role::user}, true},
        {"account", R"({"account":"acct_a"})", {.account_id = "acct_a"}, true},
        {"another account", R"({"account":"acct_a"})", {.account_id = "acct_ab"}, false},
        {"the third of three", R"({"count_over":3})", {.count_in_call = 2}, false},
        {"the fourth", R"({"count_over":3})", {.count_in_call = 3}, true},
        {"the first over none", R"({"count_over":0})", {.count_in_call = 0}, true},
        {"consent",
         R"({"consent":{"subject":"outreach","state":"granted"}})",
         {.consents = granted},
         true},
        {"consent to something else",
         R"({"consent":{"subject":"recording","state":"granted"}})",
         {.consents = granted},
         false},
        {"consent taken back",
         R"({"consent":{"subject":"outreach","state":"granted"}})",
         {.consents = taken_back},
         false},
        {"nobody was asked",
         R"({"consent":{"subject":"outreach","state":["denied","missing"]}})",
         {},
         true},
        {"all of it",
         R"({"action":"a","risk":"read_only","role":"agent"})",
         {.action_type = "a", .risk = Risk::read_only},
         true},
        {"all but the risk",
         R"({"action":"a","risk":"read_only","role":"agent"})",
         {.action_type = "a", .risk = Risk::low_risk_write},
         false},
        {"all but the action",
         R"({"action":"a","risk":"read_only"})",
         {.action_type = "b", .risk = Risk::read_only},
         false},
    };
    for (const auto& [name, when, question, matches] : cases) {
        SCOPED_TRACE(name);
        const auto policy =
            policy_of(R"([{"name":"it","then":"deny","when":)" + std::string(when) + "}]");
        const auto verdict = policy.evaluate(question);
        EXPECT_EQ(verdict.rules.front() == "it", matches);
        EXPECT_EQ(verdict.outcome == Outcome::deny, matches);
    }
}

TEST(Policy, TheFirstRuleThatMatchesDecides) {
    const auto policy = policy_of(R"([
        {"name":"no","when":{"action":"a"},"then":"deny"},
        {"name":"ask","when":{"action":["a","b"]},"then":"confirm"},
        {"name":"yes","then":"allow"}])");
    const auto ruled = [&](std::string_view action) {
        return policy.evaluate({.action_type = action, .risk = Risk::read_only}).rules.front();
    };
    EXPECT_EQ(ruled("a"), "no");
    EXPECT_EQ(ruled("b"), "ask");
    EXPECT_EQ(ruled("c"), "yes");
}

TEST(Policy, ARuleSaysHow) {
    const auto policy = policy_of(R"([
        {"name":"ask","when":{"action":"a"},"then":"confirm","message":"Really?",
         "severity":"critical","confirm_by":"operator","expires_ms":60000,"may_edit":false},
        {"name":"no","then":"deny","message":"Not here.","severity":"info"}])");
    const auto ask = policy.evaluate({.action_type = "a"});
    EXPECT_EQ(ask.outcome, Outcome::confirm);
    EXPECT_EQ(ask.reason, "explicit_user_confirmation_required");
    EXPECT_EQ(ask.message, "Really?");
    EXPECT_EQ(ask.severity, Severity::critical);
    EXPECT_EQ(ask.confirm_by, "operator");
    EXPECT_EQ(ask.confirm_within, Millis{60'000});
    EXPECT_FALSE(ask.may_edit);
    const auto no = policy.evaluate({.action_type = "b"});
    EXPECT_EQ(no.outcome, Outcome::deny);
    EXPECT_EQ(no.reason, "policy_denied");
    EXPECT_EQ(no.message, "Not here.");
    EXPECT_EQ(no.severity, Severity::info);
}

TEST(Policy, DefaultsAreByRiskAndNeverLetTheWorstThrough) {
    const auto policy = Policy::parse(R"({"id":"p","version":"2","default":{
        "read_only":"confirm","low_risk_write":"deny","high_risk_external_send":"deny"}})");
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->evaluate({.risk = Risk::read_only}).outcome, Outcome::confirm);
    EXPECT_EQ(policy->evaluate({.risk = Risk::low_risk_write}).outcome, Outcome::deny);
    EXPECT_EQ(policy->evaluate({.risk = Risk::high_risk_external_send}).outcome, Outcome::deny);
    const auto open =
        Policy::parse(R"({"id":"p","version":"2","default":{"high_risk_external_send":"allow"}})");
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().pointer, "/default/high_risk_external_send");
}

TEST(Policy, HighRiskIsAllowedOnlyByARuleThatSaysSo) {
    const auto outcome = [](std::string_view rule, Risk risk) {
        return policy_of(rule).evaluate({.action_type = "a", .risk = risk}).outcome;
    };
    const char* plain = R"([{"name":"r","when":{"action":"*"},"then":"allow"}])";
    EXPECT_EQ(outcome(plain, Risk::low_risk_write), Outcome::allow);
    EXPECT_EQ(outcome(plain, Risk::high_risk_external_send), Outcome::confirm);
    const char* said = R"([{"name":"r","then":"allow","acknowledge_risk":true}])";
    EXPECT_EQ(outcome(said, Risk::high_risk_external_send), Outcome::allow);
    const char* unsaid = R"([{"name":"r","then":"allow","acknowledge_risk":false}])";
    EXPECT_EQ(outcome(unsaid, Risk::high_risk_external_send), Outcome::confirm);
}

TEST(Policy, ArgumentsThatCannotBeReadAreDenied) {
    const auto policy = policy_of(R"([{"name":"r","then":"allow","acknowledge_risk":true}])");
    std::string deep = "1";
    for (int i = 0; i < 60; ++i) deep = R"({"a":)" + deep + "}";
    for (const std::string& args :
         {std::string("{"), std::string("[]"), std::string("null"), std::string("\"{}\""),
          std::string(R"({"to":1,"to":2})"), std::string(R"({"to":1,"t\u006f":2})"),
          std::string(R"({"a":"\ud800"})"), std::string("{\"a\":\"\xFF\"}"),
          std::string(R"({"a":"\u0000"})"), std::string(R"({"n":1e999})"), std::string("{} {}"),
          deep}) {
        SCOPED_TRACE(args.substr(0, 40));
        const auto verdict =
            policy.evaluate({.action_type = "a", .risk = Risk::read_only, .args_json = args});
        EXPECT_EQ(verdict.outcome, Outcome::deny);
        EXPECT_EQ(verdict.reason, "args_unreadable");
        EXPECT_EQ(verdict.inputs_hash.size(), 64U);
    }
    EXPECT_EQ(policy.evaluate({.action_type = "a"}).outcome, Outcome::allow);  // none at all: {}
}

TEST(Policy, TheHashesAreOfWhatItMeans) {
    const auto hash = [](std::string_view json) {
        return std::string(Policy::parse(json)->hash());
    };
    const std::string usual = hash(R"({"id":"p","version":"1"})");
    EXPECT_EQ(usual.size(), 64U);
    EXPECT_EQ(usual, hash(R"( {"version":"1", "id":"p"} )"));
    EXPECT_NE(usual, hash(R"({"id":"p","version":"2"})"));
    EXPECT_NE(usual, hash(R"({"id":"p","version":"1","rules":[]})"));

    const Policy policy = Policy::standard();
    const Consent consents[] = {{"outreach", "granted"}};
    const Question question{.action_type = "a",
                            .requester_id = "u",
                            .session_id = "sess_1",
                            .account_id = "acct_1",
                            .args_json = R"({"b":10,"a":"\u00e4"})"};
    const std::string inputs = policy.evaluate(question).inputs_hash;
    EXPECT_EQ(inputs.size(), 64U);
    Question same = question;
    same.args_json = "{ \"a\":\"\xC3\xA4\", \"b\":1e1 }";
    EXPECT_EQ(policy.evaluate(same).inputs_hash, inputs);
    const auto differs = [&](auto change) {
        Question other = question;
        change(other);
        EXPECT_NE(policy.evaluate(other).inputs_hash, inputs);
    };
    differs([](Question& q) { q.action_type = "b"; });
    differs([](Question& q) { q.risk = Risk::read_only; });
    differs([](Question& q) { q.role = contract::Role::service; });
    differs([](Question& q) { q.requester_id = "v"; });
    differs([](Question& q) { q.session_id = "sess_2"; });
    differs([](Question& q) { q.account_id = "acct_2"; });
    differs([](Question& q) { q.args_json = R"({"b":11,"a":"\u00e4"})"; });
    differs([](Question& q) { q.args_json = "{"; });
    differs([](Question& q) { q.count_in_call = 1; });
    differs([&](Question& q) { q.consents = consents; });
}

TEST(Policy, CountsADayAsItIsToldAndReadsSilenceTheStricterWay) {
    const auto policy = Policy::parse(R"({"id":"p","version":"1","rules":[
        {"name":"account","when":{"action":"note_*","account_day_count_over":100},"then":"deny"},
        {"name":"owner","when":{"action":"note_*","day_count_over":2},"then":"confirm"},
        {"name":"many","when":{"action":"look","day_count_over":2},"then":"allow"}]})");
    ASSERT_TRUE(policy.has_value());
    EXPECT_TRUE(policy->counts_days("note_add"));
    EXPECT_TRUE(policy->counts_days("look"));
    EXPECT_FALSE(policy->counts_days("send"));
    struct Case {
        const char* name;
        const char* action;
        std::optional<DayCounts> counts;
        const char* rule;
    };
    const Case cases[] = {
        {"the second", "note_add", DayCounts{2, 2}, "default:low_risk_write"},
        {"the third", "note_add", DayCounts{3, 3}, "owner"},
        {"the account's hundredth", "note_add", DayCounts{1, 100}, "default:low_risk_write"},
        {"and the next", "note_add", DayCounts{1, 101}, "account"},
        {"nobody knows", "note_add", std::nullopt, "account"},
        {"nobody knows, and it would allow", "look", std::nullopt, "default:low_risk_write"},
    };
    for (const auto& [name, action, counts, rule] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(policy
                      ->evaluate({.action_type = action,
                                  .risk = contract::Risk::low_risk_write,
                                  .day_counts = counts})
                      .rules.back(),
                  rule);
    }
    EXPECT_EQ(Policy::parse(R"({"id":"p","version":"1","rules":[
        {"name":"r","when":{"day_count_over":-1},"then":"deny"}]})")
                  .error()
                  .reason,
              "policy_invalid");
}

TEST(Policy, AnEngineMakesItStricterAndNeverLaxer) {
    using enum Outcome;
    struct Case {
        const char* name;
        Outcome policy;
        EngineWord engine;
        Outcome then;
        const char* reason;
    };
    const Case cases[] = {
        {"both allow", allow, {allow}, allow, ""},
        {"it asks", allow, {confirm}, confirm, "explicit_user_confirmation_required"},
        {"it denies", allow, {deny, "r"}, deny, "policy_denied"},
        {"it allows what is asked about",
         confirm,
         {allow},
         confirm,
         "explicit_user_confirmation_required"},
        {"it allows what is denied", deny, {allow}, deny, "policy_denied"},
        {"silence", allow, {}, deny, "policy_engine_unavailable"},
        {"silence about what is asked", confirm, {}, deny, "policy_engine_unavailable"},
        {"silence about what is denied", deny, {}, deny, "policy_denied"},
    };
    for (const auto& [name, given, engine, then, reason] : cases) {
        SCOPED_TRACE(name);
        const auto policy = Policy::parse(R"({"id":"p","version":"1","default":{"read_only":")" +
                                          std::string(to_text(given)) + R"("}})");
        ASSERT_TRUE(policy.has_value());
        const Question plain{.action_type = "look", .risk = contract::Risk::read_only};
        Question asked = plain;
        asked.engine = engine;
        const Verdict verdict = policy->evaluate(asked);
        EXPECT_EQ(verdict.outcome, then);
        EXPECT_EQ(verdict.reason, reason);
        EXPECT_NE(verdict.inputs_hash, policy->evaluate(plain).inputs_hash);
    }
}

TEST(Policy, SaysWhereASpokenYesCountsAndWhichWordsAreOne) {
    const auto policy = Policy::parse(R"({"id":"p","version":"1",
        "rules":[{"name":"r","then":"confirm","channel":"both"}],
        "voice":{"de":{"yes":["jawohl"],"no":["nein"]}}})");
    ASSERT_TRUE(policy.has_value());
    EXPECT_TRUE(policy->evaluate({.action_type = "send"}).by_voice);
    EXPECT_FALSE(Policy::standard().evaluate({.action_type = "send"}).by_voice);
    EXPECT_EQ(policy->spoken("Jawohl!", "de"), Spoken::yes);
    EXPECT_EQ(policy->spoken("ja", "de"), Spoken::neither);
    for (const char* rule :
         {R"({"name":"r","then":"confirm","channel":"phone"})",
          R"({"name":"r","then":"allow","channel":"both"})",
          R"({"name":"r","then":"confirm","confirm_by":"operator","channel":"both"})"}) {
        SCOPED_TRACE(rule);
        EXPECT_FALSE(
            Policy::parse(R"({"id":"p","version":"1","rules":[)" + std::string(rule) + "]}"));
    }
    EXPECT_FALSE(
        Policy::parse(R"({"id":"p","version":"1","voice":{"de":{"yes":["ja"],"no":["Ja!"]}}})"));
}

}  // namespace
}  // namespace lifeline::safety
