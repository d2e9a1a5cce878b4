#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "safety/policy.h"

// What holds for whatever policy and whatever question, from seeds; and that a table of examples
// notices when any part of a policy is not asked.
namespace lifeline::safety {
namespace {

using contract::Risk;

constexpr int policies = 200;
constexpr int questions = 6;

struct Chance {
    SeededRandom random;

    std::size_t below(std::size_t count) { return static_cast<std::size_t>(random.next()) % count; }
    std::string one_of(const std::vector<std::string>& list) { return list[below(list.size())]; }
};

std::string random_args(Chance& chance) {
    const std::string to = chance.one_of(
        {R"(["a@in.example"])", R"(["a@out.example"])", R"(["a@in.example","b@out.example"])",
         R"(["a@in.example."])", R"("a@in.example")", "[]", "null", R"([{"x":1}])"});
    const std::string amount = chance.one_of({"5", "50", "\"50\"", "\"5 EUR\"", "[]", "null"});
    return R"({"to":)" + to + R"(,"amount":)" + amount + "}";
}

std::string random_when(Chance& chance) {
    return chance.one_of(
        {"{}", R"({"action":"send_*"})", R"({"action":["book","pay"]})", R"({"risk":"read_only"})",
         R"({"risk":["low_risk_write","high_risk_external_send"],"role":"agent"})",
         R"({"count_over":2})", R"({"args":[{"path":"/to/*","domain_in":"in.example"}]})",
         R"({"args":[{"path":"/to/*","domain_not_in":"in.example"}]})",
         R"({"args":[{"path":"/amount","over":10}]})",
         R"({"args":[{"path":"/amount","under":10}]})",
         R"({"args":[{"path":"/to","exists":false}]})",
         R"({"action":"send_*","args":[{"path":"/to/*","domain_in":"in.example"},
             {"path":"/amount","under":10}]})"});
}

struct Draft {
    std::string when;
    std::string then;
};

Policy built(const std::vector<Draft>& drafts) {
    std::string rules;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        // An allowance of high risk has to say so wherever the condition could reach it.
        const std::string said =
            drafts[i].then == "allow" ? R"(,"acknowledge_risk":true)" : std::string();
        rules += (i == 0 ? "" : ",") + (R"({"name":"r)" + std::to_string(i)) + R"(","when":)" +
                 drafts[i].when + R"(,"then":")" + drafts[i].then + "\"" + said + "}";
    }
    auto policy = Policy::parse(R"({"id":"p","version":"1","rules":[)" + rules + "]}");
    EXPECT_TRUE(policy) << policy.error().detail << rules;
    return policy ? *std::move(policy) : Policy::standard();
}

std::vector<Draft> random_drafts(Chance& chance) {
    std::vector<Draft> drafts(1 + chance.below(6));
    for (auto& draft : drafts)
        draft = {random_when(chance), chance.one_of({"allow", "confirm", "deny"})};
    return drafts;
}

struct Asked {
    std::string action;
    std::string args;
    Question question(Chance& chance) const {
        return {.action_type = action,
                .risk = static_cast<Risk>(chance.below(3)),
                .role = chance.below(2) == 0 ? contract::Role::agent : contract::Role::service,
                .args_json = args,
                .count_in_call = static_cast<std::int64_t>(chance.below(5))};
    }
};

// Calls `look` with many policies, each as its drafts, and many questions.
void for_many(
    const std::function<void(Chance&, const std::vector<Draft>&, const Question&)>& look) {
    for (std::uint64_t seed = 1; seed <= policies; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Chance chance{SeededRandom(seed)};
        const auto drafts = random_drafts(chance);
        for (int i = 0; i < questions; ++i) {
            const Asked asked{chance.one_of({"send_email", "book", "pay", "look"}),
                              random_args(chance)};
            look(chance, drafts, asked.question(chance));
            if (testing::Test::HasFailure()) return;
        }
    }
}

TEST(Properties, TheSameQuestionHasTheSameVerdict) {
    for_many([](Chance&, const std::vector<Draft>& drafts, const Question& question) {
        const auto first = built(drafts).evaluate(question);
        const auto second = built(drafts).evaluate(question);
        EXPECT_EQ(first.outcome, second.outcome);
        EXPECT_EQ(first.rules, second.rules);
        EXPECT_EQ(first.inputs_hash, second.inputs_hash);
    });
}

TEST(Properties, WithoutADenialNothingIsStricter) {
    for_many([](Chance& chance, const std::vector<Draft>& drafts, const Question& question) {
        auto fewer = drafts;
        const std::size_t gone = chance.below(fewer.size());
        if (fewer[gone].then != "deny") return;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(gone));
        EXPECT_LE(strictness(built(fewer).evaluate(question).outcome),
                  strictness(built(drafts).evaluate(question).outcome));
    });
}

TEST(Properties, WithoutAnAllowanceNothingIsAllowedThatWasNot) {
    for_many([](Chance& chance, const std::vector<Draft>& drafts, const Question& question) {
        auto fewer = drafts;
        const std::size_t gone = chance.below(fewer.size());
        if (fewer[gone].then != "allow") return;
        const auto before = built(drafts).evaluate(question);
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(gone));
        EXPECT_GE(strictness(built(fewer).evaluate(question).outcome), strictness(before.outcome));
    });
}

TEST(Properties, ARuleThatDeniesInsteadIsNeverLessStrict) {
    for_many([](Chance& chance, const std::vector<Draft>& drafts, const Question& question) {
        auto stricter = drafts;
        stricter[chance.below(stricter.size())].then = "deny";
        EXPECT_GE(strictness(built(stricter).evaluate(question).outcome),
                  strictness(built(drafts).evaluate(question).outcome));
    });
}

// The rule that everybody writes: whoever is added to the recipients, whatever they are, nothing
// becomes more permissive.
TEST(Properties, OneMoreRecipientIsNeverLessStrict) {
    const auto policy = Policy::parse(R"({"id":"p","version":"1","rules":[
        {"name":"ours","then":"allow","acknowledge_risk":true,
         "when":{"args":[{"path":"/to/*","domain_in":["in.example","*.in.example"]}]}},
        {"name":"blocked","then":"deny",
         "when":{"args":[{"path":"/to/*","domain_in":["blocked.example"]}]}},
        {"name":"rest","then":"confirm"}]})");
    ASSERT_TRUE(policy);
    const auto outcome = [&](const std::vector<std::string>& to) {
        std::string list;
        for (const auto& one : to) list += (list.empty() ? "" : ",") + one;
        const std::string args = R"({"to":[)" + list + "]}";
        return strictness(policy->evaluate({.args_json = args}).outcome);
    };
    const std::vector<std::string> anyone = {
        R"("a@in.example")",           R"("b@x.in.example")",    R"("c@out.example")",
        R"("d@blocked.example")",      R"("e@in.example.")",     R"("F <f@in.example>")",
        R"("g@in.example@x")",         R"("h@\u0456n.example")", "7",
        R"({"email":"i@in.example"})", R"(["j@in.example"])"};
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Chance chance{SeededRandom(seed)};
        std::vector<std::string> to;
        for (std::size_t i = 0, count = 1 + chance.below(4); i < count; ++i)
            to.push_back(chance.one_of(anyone));
        auto more = to;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(chance.below(to.size() + 1)),
                    chance.one_of(anyone));
        EXPECT_GE(outcome(more), outcome(to));
    }
    EXPECT_EQ(outcome({R"("a@in.example")"}), strictness(Outcome::allow));
}

// --- The examples notice what is not asked ---

constexpr const char* guarded = R"({"id":"p","version":"1","rules":[
    {"name":"blocked","then":"deny","when":{"args":[{"path":"/to/*","domain_in":"blocked.example"}]}},
    {"name":"large","then":"deny","when":{"action":"pay","args":[{"path":"/amount","over":100}]}},
    {"name":"many","then":"confirm","when":{"action":"look","risk":"read_only","count_over":3}},
    {"name":"asked","then":"deny","when":{"action":"send_*","role":"service",
     "consent":{"subject":"outreach","state":"missing"}}},
    {"name":"ours","then":"allow","acknowledge_risk":true,"when":{"action":"send_*",
     "account":"acct_1","args":[{"path":"/to/*","domain_in":"in.example"},
     {"path":"/text","exists":true}]}}]})";

struct Example {
    Question question;
    Outcome outcome;
    const char* rule;
};

const std::vector<Example>& examples() {
    constexpr auto high = Risk::high_risk_external_send;
    constexpr auto look = Risk::read_only;
    using contract::Role;
    static const std::vector<Example> list = {
        {{.action_type = "send_email",
          .account_id = "acct_1",
          .args_json = R"({"to":["a@in.example"],"text":"x"})"},
         Outcome::allow,
         "ours"},
        {{.action_type = "send_email",
          .account_id = "acct_1",
          .args_json = R"({"to":["a@in.example"]})"},
         Outcome::confirm,
         nullptr},
        {{.action_type = "send_email",
          .account_id = "acct_1",
          .args_json = R"({"to":["a@out.example"],"text":"x"})"},
         Outcome::confirm,
         nullptr},
        {{.action_type = "send_email",
          .account_id = "acct_2",
          .args_json = R"({"to":["a@in.example"],"text":"x"})"},
         Outcome::confirm,
         nullptr},
        {{.action_type = "post",
          .account_id = "acct_1",
          .args_json = R"({"to":["a@in.example"],"text":"x"})"},
         Outcome::confirm,
         nullptr},
        {{.action_type = "send_email",
          .account_id = "acct_1",
          .args_json = R"({"to":["a@in.example","b@blocked.example"],"text":"x"})"},
         Outcome::deny,
         "blocked"},
        {{.action_type = "pay", .args_json = R"({"amount":101})"}, Outcome::deny, "large"},
        {{.action_type = "pay", .args_json = R"({"amount":100})"}, Outcome::confirm, nullptr},
        {{.action_type = "bid", .args_json = R"({"amount":101})"}, Outcome::confirm, nullptr},
        {{.action_type = "look", .risk = look, .count_in_call = 3}, Outcome::confirm, "many"},
        {{.action_type = "look", .risk = look, .count_in_call = 2}, Outcome::allow, nullptr},
        {{.action_type = "read", .risk = look, .count_in_call = 3}, Outcome::allow, nullptr},
        {{.action_type = "look", .risk = Risk::low_risk_write, .count_in_call = 3},
         Outcome::allow,
         nullptr},
        {{.action_type = "send_sms", .role = Role::service}, Outcome::deny, "asked"},
        {{.action_type = "send_sms", .role = Role::agent}, Outcome::confirm, nullptr},
        {{.action_type = "post", .risk = high, .role = Role::service}, Outcome::confirm, nullptr},
    };
    return list;
}

const Consent given[] = {{"outreach", "granted"}};

// How many examples come out differently.
int differing(const std::function<Verdict(const Question&)>& evaluate) {
    int count = 0;
    const auto look = [&](const Question& question, Outcome outcome, const char* rule) {
        const auto verdict = evaluate(question);
        const bool decided = rule == nullptr ? verdict.rules.front().starts_with("default:")
                                             : verdict.rules.front() == rule;
        count += verdict.outcome == outcome && decided ? 0 : 1;
    };
    for (const auto& [question, outcome, rule] : examples()) look(question, outcome, rule);
    look({.action_type = "send_sms", .role = contract::Role::service, .consents = given},
         Outcome::confirm, nullptr);
    return count;
}

std::function<Verdict(const Question&)> by(const std::string& json) {
    auto policy = Policy::parse(json);
    EXPECT_TRUE(policy) << policy.error().detail << json;
    return [policy = policy ? *policy : Policy::standard()](const Question& question) {
        return policy.evaluate(question);
    };
}

TEST(Examples, HoldForThePolicy) {
    EXPECT_EQ(differing(by(guarded)), 0);
}

TEST(Examples, NoticeAGateThatIsSkipped) {
    const auto policy = by(guarded);
    EXPECT_GT(differing([](const Question&) {
                  return Verdict{.outcome = Outcome::allow, .rules = {"default:"}};
              }),
              0);
    EXPECT_GT(differing([&](const Question& question) {  // the outcome is right, the rule is not
                  auto verdict = policy(question);
                  verdict.rules = {"default:"};
                  return verdict;
              }),
              0);
    for (const auto forget : std::initializer_list<void (*)(Question&)>{
             [](Question& q) { q.args_json = "{}"; }, [](Question& q) { q.action_type = ""; },
             [](Question& q) { q.risk = Risk::low_risk_write; },
             [](Question& q) { q.role = contract::Role::agent; },
             [](Question& q) { q.account_id = "acct_1"; }, [](Question& q) { q.consents = {}; },
             [](Question& q) { q.count_in_call = 0; }})
        EXPECT_GT(differing([&](const Question& question) {
                      Question other = question;
                      forget(other);
                      return policy(other);
                  }),
                  0);
}

// Everything of `json` once more, without the n-th member or item of all that can go.
std::string without(const contract::Json& json, int& n) {
    const bool list = json.is_array();
    if (!list && !json.is_object()) return contract::canonical_json(json);
    std::string out;
    const auto add = [&](const std::string& key, const contract::Json& value, bool stays) {
        if (!stays && n-- == 0) return;
        out += (out.empty() ? "" : ",") + key + without(value, n);
    };
    for (const auto& item : json.items()) add("", item, !item.is_object());
    for (const auto& [key, value] : json.members()) {
        const bool stays = key == "id" || key == "version" || key == "rules" || key == "name" ||
                           key == "then" || key == "path" || key == "when" || key == "args" ||
                           key == "subject" || key == "state" || json.find("path").has_value();
        add("\"" + std::string(key) + "\":", value, stays);
    }
    return (list ? "[" : "{") + out + (list ? "]" : "}");
}

TEST(Examples, NoticeEveryRuleAndEveryConditionThatIsGone) {
    const auto json = contract::Json::parse(guarded);
    ASSERT_TRUE(json);
    int mutants = 0;
    for (int n = 0;; ++n) {
        int left = n;
        std::string mutant = without(*json, left);
        if (left >= 0) break;  // There are no more.
        // Without its only condition a list of conditions is not there either.
        if (const auto empty = mutant.find(R"("args":[])"); empty != std::string::npos) {
            const bool behind = mutant[empty + 9] == ',';
            const bool before = mutant[empty - 1] == ',';
            mutant.erase(empty - (before && !behind ? 1 : 0), 9 + (behind || before ? 1 : 0));
        }
        SCOPED_TRACE(mutant);
        EXPECT_GT(differing(by(mutant)), 0);
        ++mutants;
    }
    EXPECT_EQ(mutants, 19);
}

}  // namespace
}  // namespace lifeline::safety
