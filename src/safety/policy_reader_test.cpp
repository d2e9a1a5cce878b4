#include <gtest/gtest.h>

#include <string>

#include "safety/policy.h"
#include "safety/policy_content.h"

namespace lifeline::safety {
namespace {

std::string rule(std::string_view rest) {
    return R"({"id":"p","version":"1","rules":[{"name":"r",)" + std::string(rest) + "}]}";
}

TEST(PolicyReader, RefusesWhatItDoesNotKnowAndSaysWhere) {
    struct Case {
        std::string json;
        const char* pointer;
    };
    const Case cases[] = {
        {"", ""},
        {"[]", ""},
        {R"({"version":"1"})", "/id"},
        {R"({"id":"p"})", "/version"},
        {R"({"id":"a b","version":"1"})", "/id"},
        {R"({"id":"p","version":1})", "/version"},
        {R"({"id":"p","version":"1","rule":[]})", "/rule"},
        {R"({"id":"p","version":"1","rules":{}})", "/rules"},
        {R"({"id":"p","version":"1","rules":[7]})", "/rules/0"},
        {R"({"id":"p","version":"1","default":"deny"})", "/default"},
        {R"({"id":"p","version":"1","default":{"read_only":"ask"}})", "/default/read_only"},
        {R"({"id":"p","version":"1","default":{"high":"deny"}})", "/default/high"},
        {R"({"id":"p","version":"1","rules":[{"then":"deny"}]})", "/rules/0/name"},
        {R"({"id":"p","version":"1","rules":[{"name":"a b","then":"deny"}]})", "/rules/0/name"},
        {R"({"id":"p","version":"1","rules":[{"name":"r","then":"deny"},
            {"name":"r","then":"deny"}]})",
         "/rules/1/name"},
        {rule(R"("when":{})"), "/rules/0/then"},
        {rule(R"("then":"block")"), "/rules/0/then"},
        {rule(R"("then":"deny","because":"x")"), "/rules/0/because"},
        {rule(R"("then":"deny","when":[])"), "/rules/0/when"},
        {rule(R"("then":"deny","when":{"actions":"a"})"), "/rules/0/when/actions"},
        {rule(R"("then":"deny","when":{"action":[]})"), "/rules/0/when/action"},
        {rule(R"("then":"deny","when":{"action":[1]})"), "/rules/0/when/action"},
        {rule(R"("then":"deny","when":{"risk":"high"})"), "/rules/0/when/risk"},
        {rule(R"("then":"deny","when":{"role":"boss"})"), "/rules/0/when/role"},
        {rule(R"("then":"deny","when":{"count_over":"3"})"), "/rules/0/when/count_over"},
        {rule(R"("then":"deny","when":{"count_over":-1})"), "/rules/0/when/count_over"},
        {rule(R"("then":"deny","when":{"consent":"outreach"})"), "/rules/0/when/consent"},
        {rule(R"("then":"deny","when":{"consent":{"subject":"x","state":"granted"}})"),
         "/rules/0/when/consent/subject"},
        {rule(R"("then":"deny","when":{"consent":{"subject":"outreach","state":"yes"}})"),
         "/rules/0/when/consent/state"},
        {rule(R"("then":"deny","when":{"consent":{"subject":"outreach"}})"),
         "/rules/0/when/consent/state"},
        {rule(R"("then":"deny","when":{"args":{}})"), "/rules/0/when/args"},
        {rule(R"("then":"deny","when":{"args":[]})"), "/rules/0/when/args"},
        {rule(R"("then":"deny","when":{"args":[{"path":"to","exists":true}]})"),
         "/rules/0/when/args/0/path"},
        {rule(R"("then":"deny","when":{"args":[{"path":"","exists":true}]})"),
         "/rules/0/when/args/0/path"},
        {rule(R"("then":"deny","when":{"args":[{"exists":true}]})"), "/rules/0/when/args/0/path"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a"}]})"), "/rules/0/when/args/0"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","over":1,"under":9}]})"),
         "/rules/0/when/args/0"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","equal":1}]})"),
         "/rules/0/when/args/0"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","equals":1,"x":1}]})"),
         "/rules/0/when/args/0/x"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","over":1.5}]})"),
         "/rules/0/when/args/0/over"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","in":"x"}]})"),
         "/rules/0/when/args/0/in"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","in":[]}]})"),
         "/rules/0/when/args/0/in"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","matches":7}]})"),
         "/rules/0/when/args/0/matches"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","domain_in":["@x.example"]}]})"),
         "/rules/0/when/args/0/domain_in"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","exists":"yes"}]})"),
         "/rules/0/when/args/0/exists"},
        {rule(R"("then":"deny","when":{"args":[{"path":"/a","longer_than":-1}]})"),
         "/rules/0/when/args/0/longer_than"},
        {rule(R"("then":"deny","severity":"bad")"), "/rules/0/severity"},
        {rule(R"("then":"deny","message":7)"), "/rules/0/message"},
        {rule(R"("then":"deny","message":")" + std::string(1'001, 'x') + "\""), "/rules/0/message"},
        {rule(R"("then":"deny","confirm_by":"owner")"), "/rules/0/confirm_by"},
        {rule(R"("then":"allow","expires_ms":5000)"), "/rules/0/expires_ms"},
        {rule(R"("then":"allow","may_edit":true)"), "/rules/0/may_edit"},
        {rule(R"("then":"confirm","confirm_by":"boss")"), "/rules/0/confirm_by"},
        {rule(R"("then":"confirm","expires_ms":999)"), "/rules/0/expires_ms"},
        {rule(R"("then":"confirm","expires_ms":86400001)"), "/rules/0/expires_ms"},
        {rule(R"("then":"confirm","acknowledge_risk":true)"), "/rules/0/acknowledge_risk"},
        {rule(R"("then":"allow","acknowledge_risk":"yes")"), "/rules/0/acknowledge_risk"},
        {rule(R"("then":"allow","when":{"risk":["read_only","high_risk_external_send"]})"),
         "/rules/0/then"},
    };
    for (const auto& [json, pointer] : cases) {
        SCOPED_TRACE(json);
        const auto policy = Policy::parse(json);
        ASSERT_FALSE(policy);
        EXPECT_EQ(policy.error().reason, "policy_invalid");
        EXPECT_EQ(policy.error().pointer, pointer);
        EXPECT_FALSE(policy.error().detail.empty());
    }
    EXPECT_FALSE(Policy::parse(R"({"id":"p","version":"1","rules":[],"x":")" +
                               std::string(policy_bytes_max, 'x') + "\"}"));
}

TEST(PolicyReader, NamesTheRule) {
    const auto policy = Policy::parse(R"({"id":"p","version":"1","rules":[
        {"name":"first","then":"deny"},{"name":"second","then":"deny","when":{"acton":"x"}}]})");
    ASSERT_FALSE(policy);
    EXPECT_EQ(policy.error().detail, "rule 2 (second): acton is not known to this version");
}

TEST(PolicyReader, HasALimitOfRules) {
    const auto with = [](std::size_t count) {
        std::string json = R"({"id":"p","version":"1","rules":[)";
        for (std::size_t i = 0; i < count; ++i)
            json +=
                (i == 0 ? "" : ",") + (R"({"name":"r)" + std::to_string(i)) + R"(","then":"deny"})";
        return Policy::parse(json + "]}").has_value();
    };
    EXPECT_TRUE(with(rules_max));
    EXPECT_FALSE(with(rules_max + 1));
}

TEST(PolicyReader, ShowsItsRulesInOrder) {
    const auto policy = Policy::parse(R"({"id":"p","version":"1",
        "default":{"low_risk_write":"confirm"},"rules":[
        {"name":"ours","then":"allow","acknowledge_risk":true,"when":{"action":"send_*",
         "args":[{"path":"/to/*","domain_in":["example.com"]}]}},
        {"name":"rest","then":"confirm","confirm_by":"operator"}]})");
    ASSERT_TRUE(policy);
    const auto rows = policy->rows();
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].name, "ours");
    EXPECT_EQ(rows[0].when, "action send_*; /to/* domain_in [example.com]");
    EXPECT_EQ(rows[0].then, "allow, also of high risk");
    EXPECT_EQ(rows[1].when, "always");
    EXPECT_EQ(rows[1].then, "confirm by operator");
    EXPECT_EQ(rows[2].when, "risk read_only");
    EXPECT_EQ(rows[2].then, "allow");
    EXPECT_EQ(rows[3].then, "confirm");
    EXPECT_EQ(rows[4].then, "confirm");
}

}  // namespace
}  // namespace lifeline::safety
