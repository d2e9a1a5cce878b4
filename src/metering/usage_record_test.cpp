#include "metering/usage_record.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/random.h"
#include "contract/canonical.h"
#include "contract/event.h"

namespace lifeline::metering {
namespace {

UsageRecord some_record() {
    UsageRecord record{.id = "mr_1",
                       .key = {.meter = "agent.tokens",
                               .participant = "agt_1",
                               .dims = {{"direction", "input"}, {"model", "gpt-5"}}},
                       .window = *parse_window("2026-02-16T10:00Z"),
                       .from = *parse_rfc3339("2026-02-16T10:00:00.000Z"),
                       .to = *parse_rfc3339("2026-02-16T10:00:01.000Z"),
                       .raw = 7,
                       .quantity = 8,
                       .cumulative = 9};
    record.evidence.add({3, sha256("a")});
    return record;
}

const CallName the_call{"sess_1", "acct_1"};
const Meter the_meter{.name = "agent.tokens", .version = 2, .unit = "token"};

std::string signed_record(const SigningKey& key) {
    return sign_record(record_json(the_call, some_record(), the_meter), "3f2a9c1144de0b77", key);
}

TEST(UsageRecord, IsWhatTheContractSays) {
    SeededRandom random(1);
    contract::EventChecker checker;
    auto record = some_record();
    for (const bool known : {true, false}) {
        if (!known) record.raw = record.quantity = std::nullopt;
        const auto payload = sign_record(record_json(the_call, record, the_meter),
                                         "3f2a9c1144de0b77", SigningKey::generate(random));
        const auto event =
            checker.check(contract::event_json("ll_use:1", "sess_1", "2026-02-16T10:00:00.000Z",
                                               "billing.usage.measured", payload),
                          contract::Sender::server);
        EXPECT_TRUE(event.has_value()) << event.error().reason << event.error().pointer << payload;
        EXPECT_EQ(payload, contract::canonical_json(payload));
    }
}

TEST(UsageRecord, IsSignedAndEveryFieldCounts) {
    SeededRandom random(1);
    const auto key = SigningKey::generate(random);
    const std::string whole = signed_record(key);
    ASSERT_TRUE(verify_record(*contract::Json::parse(whole), key.verify_key()));
    EXPECT_FALSE(
        verify_record(*contract::Json::parse(whole), SigningKey::generate(random).verify_key()));
    int altered = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string bad = whole;
        bad[i] = bad[i] == '7' ? '6' : '7';
        const auto json = contract::Json::parse(bad);
        if (!json || bad == whole) continue;
        ++altered;
        const auto verified = verify_record(*json, key.verify_key());
        ASSERT_FALSE(verified) << bad;
        EXPECT_EQ(verified.error().reason, "record_altered");
    }
    EXPECT_GT(altered, 300);
}

TEST(UsageRecord, AnOrderOfFieldsIsNoDifference) {
    SeededRandom random(1);
    const auto key = SigningKey::generate(random);
    std::string turned = signed_record(key);
    const auto json = *contract::Json::parse(turned);
    turned = "{";
    auto members = json.members();
    for (auto one = members.rbegin(); one != members.rend(); ++one)
        turned += (turned.size() > 1 ? "," : "") + std::string("\"") + std::string(one->key) +
                  "\":" + contract::canonical_json(one->value);
    EXPECT_TRUE(verify_record(*contract::Json::parse(turned + "}"), key.verify_key()));
}

TEST(UsageRecord, NoTwoFactsHaveOneId) {
    std::set<std::string> ids;
    std::size_t made = 0;
    const std::vector<std::string> words{"", "a", "ab", "b", "a\",\"b", "1", "12", "2"};
    for (const auto& account : words)
        for (const auto& session : words)
            for (const auto& meter : words)
                for (const auto& fact : words)
                    for (const std::int64_t version : {1, 12}) {
                        const Dims dims = fact.empty() ? Dims{} : Dims{{fact, meter}};
                        ids.insert(
                            record_id({session, account}, {meter, account, dims}, version, fact));
                        ++made;
                    }
    EXPECT_EQ(ids.size(), made);
    // It is what it was: who stored it finds it again.
    EXPECT_EQ(
        record_id({"sess_1", "acct_1"}, {"call.duration_ms", "", {}}, 1, "2026-02-16T10:00Z"),
        record_id({"sess_1", "acct_1"}, {"call.duration_ms", "", {}}, 1, "2026-02-16T10:00Z"));
}

}  // namespace
}  // namespace lifeline::metering
