#include <gtest/gtest.h>

#include <string>

#include "call/test_call.h"
#include "call/test_judge.h"

namespace lifeline::call {

namespace {

using Outcome = Ruling::Outcome;
using Risk = contract::Risk;

// A policy that asks about notes and about mail, and a tool that only an operator may allow.
struct Agency : Call {
    std::shared_ptr<TestJudge> tools = std::make_shared<TestJudge>();

    Agency() {
        tools->add("note", Risk::low_risk_write, false, 1, Outcome::confirm);
        tools->add("erase", Risk::low_risk_write, false, 1, Outcome::deny);
        tools->add("pay", Risk::low_risk_write, false, 1, Outcome::confirm);
        tools->rulings["pay"].confirm_by = Confirmer::operator_;
        tools->add("send", Risk::high_risk_external_send, false, 1, Outcome::confirm);
        judge = tools;
        running();
    }
    std::string grant(std::string type, std::string constraint = "{}", std::int64_t uses = 10,
                      std::string who = "ada", Role role = Role::user, std::string id = "grt_1") {
        return run(CreateGrant{std::move(id), std::move(type), std::move(constraint), uses,
                               std::chrono::minutes(10)},
                   role, std::move(who));
    }
    std::string ask(std::string id, std::string type, std::string args = R"({"book":"diary"})",
                    std::string more = "") {
        publish("orchestration.action.requested",
                R"({"actionId":")" + id + R"(","actionType":")" + type +
                    R"(","summary":"s","args":)" + args + more + "}",
                Role::agent, "bot");
        return std::string(to_text(state.action(id)->state));
    }
    std::string claim(std::string id) {
        return run(ClaimAction{std::move(id), std::chrono::seconds(30)}, Role::server, "lifeline");
    }
};

}  // namespace

TEST(Grants, AreTheOwnersAndNeverForWhatIsOfHighRisk) {
    struct Case {
        const char* name;
        const char* type;
        const char* constraint;
        const char* who;
        Role role;
        const char* then;
    };
    const Case cases[] = {
        {"the owner", "note", "{}", "ada", Role::user, "safety.grant.created"},
        {"the agent itself", "note", "{}", "bot", Role::agent, "refused forbidden"},
        {"an operator", "note", "{}", "op", Role::operator_, "refused forbidden"},
        {"high risk", "send", "{}", "ada", Role::user, "refused grant_forbidden"},
        {"nobody knows it", "fly", "{}", "ada", Role::user, "refused grant_forbidden"},
        {"no pointer", "note", R"({"book":"x"})", "ada", Role::user, "refused bad_format"},
    };
    for (const auto& [name, type, constraint, who, role, then] : cases) {
        SCOPED_TRACE(name);
        Agency call;
        EXPECT_EQ(call.grant(type, constraint, 10, who, role), then);
    }
    Agency call;
    call.grant("note");
    EXPECT_EQ(call.grant("note"), "nothing");
    EXPECT_EQ(call.grant("note", "{}", 11), "refused id_conflict");
}

TEST(Grants, TakeThePlaceOfTheOwnersYesWithinTheirBounds) {
    Agency call;
    call.grant("note", R"({"/book":"diary"})", 2);
    EXPECT_EQ(call.ask("other_book", "note", R"({"book":"ledger"})"), "awaiting_confirmation");
    EXPECT_EQ(call.ask("no_book", "note", "{}"), "awaiting_confirmation");
    EXPECT_EQ(call.ask("first", "note", R"({"book" : "di\u0061ry"})"), "approved");
    EXPECT_NE(call.log[call.log.size() - 3].find("grant:grt_1"), std::string::npos);
    EXPECT_EQ(call.ask("second", "note"), "approved");
    EXPECT_EQ(call.ask("third", "note"), "awaiting_confirmation");
    EXPECT_EQ(call.state.grant("grt_1")->uses, 2);
    // Its use is its own, also when it is asked about again where it begins.
    EXPECT_EQ(call.claim("first"), "orchestration.action.started");
    call.tools->version = "2";
    EXPECT_EQ(call.claim("second"), "safety.evaluated orchestration.action.started");
    EXPECT_EQ(call.state.grant("grt_1")->uses, 2);
}

TEST(Grants, AllowNothingElse) {
    Agency call;
    for (const char* type : {"note", "erase", "pay"}) {
        const std::string id = std::string("grt_") + type;
        call.grant(type, "{}", 10, "ada", Role::user, id);
    }
    EXPECT_EQ(call.ask("denied", "erase"), "over");
    EXPECT_EQ(call.ask("operators", "pay"), "awaiting_confirmation");
    EXPECT_EQ(call.ask("called_risky", "note", "{}", R"(,"risk":"high_risk_external_send")"),
              "awaiting_confirmation");
    call.run(SetKillSwitch{true, "drill"});
    EXPECT_EQ(call.ask("stopped", "note"), "over");
}

TEST(Grants, AreOverWhenTheyAre) {
    Agency call;
    call.grant("note");
    EXPECT_EQ(call.ask("a", "note"), "approved");
    EXPECT_EQ(call.run(RevokeGrant{"grt_1"}), "safety.grant.revoked");
    EXPECT_EQ(call.run(RevokeGrant{"grt_1"}), "nothing");
    EXPECT_EQ(call.run(RevokeGrant{"grt_2"}), "refused grant_not_found");
    EXPECT_EQ(call.ask("b", "note"), "awaiting_confirmation");
    // What was allowed by it and has not begun is asked about after all.
    EXPECT_EQ(call.claim("a"),
              "safety.evaluated safety.confirmation.requested "
              "orchestration.action.awaiting_confirmation");
    call.grant("note", "{}", 10, "ada", Role::user, "grt_2");
    call.now += std::chrono::minutes(10);
    EXPECT_EQ(call.ask("c", "note"), "awaiting_confirmation");
}

}  // namespace lifeline::call
