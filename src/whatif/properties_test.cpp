#include <gtest/gtest.h>

#include <array>

#include "base/random.h"
#include "whatif/test_house.h"

namespace lifeline::whatif {

namespace {

// One of each kind of condition, in whatever order and with whatever end.
std::string any_policy(SeededRandom& random) {
    constexpr std::array whens = {
        R"({"action":"note"})",
        R"({"action":"send"})",
        R"({"action":["look","note"],"count_over":2})",
        R"({"action":"note","day_count_over":3})",
        R"({"action":"*","account_day_count_over":6})",
        R"({"consent":{"subject":"outreach","state":["withdrawn","missing"]}})",
        R"({"args":[{"path":"/to","equals":"eve"}]})",
        R"({"risk":"read_only"})"};
    constexpr std::array thens = {R"("allow","acknowledge_risk":true)", R"("deny")", R"("confirm")",
                                  R"("confirm","confirm_by":"user")",
                                  R"("confirm","confirm_by":"operator")"};
    std::string list;
    const std::uint64_t many = random.below(4);
    for (std::uint64_t i = 0; i < many; ++i)
        list += (list.empty() ? "" : ",") + std::string(R"({"name":"r)") + std::to_string(i) +
                R"(","when":)" + whens.at(random.below(whens.size())) + R"(,"then":)" +
                thens.at(random.below(thens.size())) + "}";
    return rules(list);
}

// Two calls in which everything happens that a judgement looks at.
void anything_happens(House& house, SeededRandom& random, int steps) {
    std::array<std::map<std::string, std::int64_t>, 3> days;  // The test's own count, by type.
    house.open("sess_1", "ada");
    house.open("sess_2", "ada");
    for (int step = 0; step < steps; ++step) {
        const std::string call = random.below(2) == 0 ? "sess_1" : "sess_2";
        const std::string id = call + "_" + std::to_string(step);
        constexpr std::array types = {"look", "note", "send"};
        switch (random.below(7)) {
            case 0:
                house.consent(call, random.below(2) == 0 ? "granted" : "withdrawn");
                break;
            case 1:
                house.run(call, call::CreateGrant{"grant_" + std::to_string(step), "note", "{}", 2,
                                                  std::chrono::minutes(30)});
                break;
            case 2:
                house.run(call, call::SetKillSwitch{random.below(3) == 0, "drill"});
                break;
            case 3:
                house.pass(std::chrono::minutes(random.below(150)));
                break;
            default: {
                const std::string type = types.at(random.below(types.size()));
                house.ask(call, id, type,
                          random.below(4) == 0 ? R"({"to":"eve"})" : R"({"to":"a"})");
                const auto day = static_cast<std::size_t>(
                    (std::chrono::floor<std::chrono::days>(house.now).time_since_epoch().count()) %
                    3);
                const std::int64_t count =
                    ++days.at(day)[type + format_rfc3339(house.now).substr(0, 10)];
                const call::Action* made = house.state(call).action(id);
                if (made != nullptr && made->state == call::ActionState::evaluating)
                    house.assess(call, id, call::DayCounts{count, count});
            }
        }
        // Whatever is open is answered or begins now and then.
        for (const call::Action& action : std::vector(house.state(call).actions)) {
            if (action.confirmation && random.below(3) == 0)
                house.answer(call, action.id, random.below(4) == 0 ? "edit" : "approve",
                             random.below(2) == 0 ? R"({"to":"eve"})" : "");
            const call::Action* now = house.state(call).action(action.id);
            if (now->state == call::ActionState::evaluating && random.below(2) == 0)
                house.assess(call, now->id, call::DayCounts{1, 1});
            if (now->state == call::ActionState::approved && random.below(2) == 0)
                house.claim(call, now->id);
        }
    }
}

// Whatever happened: the policy by which it was decided decides it again, by the same rules, and
// nothing is unknown.
TEST(WhatIf, PropertyThePolicyInForceDiffersNowhere) {
    std::size_t seen = 0;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        const std::string policy = any_policy(random);
        House house(policy);
        anything_happens(house, random, 40);
        const Walk walk = walked(house.stored, policy);
        for (const Comparison& one : walk.comparisons()) {
            ASSERT_EQ(one.difference(), Difference::none)
                << text_of(one) << " " << one.why_unknown << " " << policy;
            ASSERT_EQ(one.recorded->rules, one.would->rules) << policy;
            ASSERT_EQ(one.recorded->policy, one.would->policy);
        }
        seen += walk.comparisons().size();
    }
    EXPECT_GT(seen, 1'000U);
}

// A policy that denies one type more differs in exactly the judgements of that type that were no
// denial.
TEST(WhatIf, PropertyAStricterPolicyDiffersWhereItIsStricter) {
    std::size_t stricter = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        const std::string policy = any_policy(random);
        House house(policy);
        anything_happens(house, random, 40);
        const std::string first =
            R"("rules":[{"name":"no-notes","when":{"action":"note"},"then":"deny"})";
        std::string other = policy;
        const std::string was = R"("rules":[)";
        const bool had_rules = !other.contains(R"("rules":[])");
        other.replace(other.find(was), was.size(), first + (had_rules ? "," : ""));
        for (const Comparison& one : walked(house.stored, other).comparisons()) {
            if (one.moment == Comparison::Moment::begun) continue;
            const bool expected =
                one.action_type == "note" && one.recorded->outcome != call::Ruling::Outcome::deny;
            ASSERT_EQ(one.difference(), expected ? Difference::stricter : Difference::none)
                << text_of(one);
            stricter += expected ? 1 : 0;
        }
    }
    EXPECT_GT(stricter, 100U);
}

}  // namespace

}  // namespace lifeline::whatif
