#include "safety/policy_record.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeline::safety {
namespace {

Policy policy(std::string_view version, std::string_view rest = "") {
    auto read = Policy::parse(fmt::format(R"({{"id":"house","version":"{}"{}}})", version, rest));
    EXPECT_TRUE(read);
    return *std::move(read);
}

PolicyChange change(Policy wanted, const Policy& base) {
    return {std::move(wanted), std::string(base.hash()), "usr_root", "because"};
}

TEST(PolicyRecord, KeepsWhatWasPutLast) {
    PolicyRecord record;
    const Policy standard = Policy::standard();
    EXPECT_FALSE(record.stored());
    ASSERT_TRUE(record.apply("safety.killswitch.changed", "{}"));
    EXPECT_FALSE(record.stored());
    ASSERT_TRUE(record.apply("safety.policy.changed", payload_of(change(policy("1"), standard))));
    ASSERT_TRUE(record.apply(
        "safety.policy.changed",
        payload_of(change(policy("2", R"(,"default":{"read_only":"confirm"})"), policy("1")))));
    ASSERT_TRUE(record.stored());
    EXPECT_EQ(record.stored()->by, "usr_root");
    EXPECT_EQ(record.stored()->reason, "because");
    const auto read = Policy::parse(record.stored()->policy_json);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->version(), "2");
    EXPECT_FALSE(record.apply("safety.policy.changed", R"({"policyId":"house"})"));
}

TEST(PolicyRecord, SaysWhichMayBePut) {
    const Policy standard = Policy::standard();
    const Policy one = policy("1");
    const std::string_view asks = R"(,"default":{"read_only":"confirm"})";
    PolicyRecord record;
    ASSERT_TRUE(record.apply("safety.policy.changed", payload_of(change(policy("0"), standard))));
    ASSERT_TRUE(record.apply("safety.policy.changed", payload_of(change(one, policy("0")))));
    // More than an event holds, though each message is short enough.
    std::string many = R"(,"rules":[)";
    for (int i = 0; i < 70; ++i)
        many += fmt::format(R"({}{{"name":"r{}","then":"deny","message":"{}"}})", i > 0 ? "," : "",
                            i, std::string(900, 'x'));
    many += "]";
    struct Case {
        const char* name;
        PolicyChange when;
        const char* reason;  // Empty: it may.
        const char* pointer;
    };
    const Case cases[] = {
        {"the next version", change(policy("2", asks), one), "", ""},
        {"back to what was before", change(policy("0"), one), "", ""},
        {"the same again, also for who does not know of it", change(one, standard), "", ""},
        {"on one that is not in force any more", change(policy("2"), standard), "policy_conflict",
         "/baseHash"},
        {"another text for the version in force", change(policy("1", asks), one),
         "policy_version_used", "/policy/version"},
        {"another text for an old version", change(policy("0", asks), one), "policy_version_used",
         "/policy/version"},
        {"more than an event holds", change(policy("2", many), one), "policy_invalid", "/policy"},
    };
    for (const auto& [name, when, reason, pointer] : cases) {
        SCOPED_TRACE(name);
        const Status may = record.may_take(when, one);
        EXPECT_EQ(may ? "" : may.error().reason, std::string_view(reason));
        EXPECT_EQ(may ? "" : may.error().pointer, pointer);
    }
}

}  // namespace
}  // namespace lifeline::safety
