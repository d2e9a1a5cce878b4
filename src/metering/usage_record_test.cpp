#include "metering/usage_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "base/random.h"
#include "contract/canonical.h"
#include "contract/event.h"
#include "metering/call_usage.h"

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

// No door lets such words in any more; a journal may have them.
TEST(UsageRecord, WhateverIsReportedFitsAnEventOfItsOwn) {
    const std::string longest(128, 'i');
    const auto meters = std::make_shared<const Meters>(*Meters::parse(*contract::Json::parse(
        R"([{"meter":")" + longest + R"(","unit":")" + std::string(64, 'u') +
        R"(","increment":"1","minimum":"0","mode":"up","version":1000000000}])")));
    const CallName call{"sess_" + std::string(59, 's'), "acct_" + std::string(59, 'a')};
    SeededRandom random(1);
    const auto key = SigningKey::generate(random);
    contract::EventChecker checker;
    Moment at{*parse_rfc3339("2026-02-16T10:00:00.000Z"), SteadyTime(Micros(7))};
    std::uint64_t seq = 9'000'000'000'000'000;
    std::size_t largest = 0;
    for (const std::string& character :
         {std::string("a"), std::string(R"(\u0001)"), std::string(R"(\")"), std::string("\u00e9")})
        for (const std::size_t words : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
            CallUsage usage(call, meters);
            std::vector<UsageRecord> due;
            // Its words take all the room that the event has.
            const auto tell = [&](const std::string& type, const std::string& payload) {
                const auto event_of = [&](std::size_t characters) {
                    std::string dims;
                    for (std::size_t i = 0; i < words; ++i) {
                        dims += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"";
                        for (std::size_t k = 0; k < characters; ++k) dims += character;
                        dims += '"';
                    }
                    return contract::event_json("e", call.session_id, format_rfc3339(at.wall), type,
                                                payload + R"(,"dims":{)" + dims + "}}");
                };
                const std::size_t room = 65'536 - event_of(0).size();
                const auto event = checker.check(event_of(room / words / character.size()),
                                                 contract::Sender::server);
                ASSERT_TRUE(event.has_value()) << event.error().reason << event.error().pointer;
                usage.take(*event, {seq++, sha256("e")}, at, due);
            };
            const auto report = [&](const std::string& id, const std::string& quantity) {
                tell("billing.usage.reported",
                     R"({"reportId":")" + id + R"(","meter":")" + longest + R"(","participant":")" +
                         std::string(128, 'p') + R"(","model":")" + std::string(64, 'm') +
                         R"(","unit":"u","source":"provider","quantity":)" + quantity);
            };
            report(std::string(128, '1'), "null");
            report(std::string(128, '2'), R"("8999999999999999")");
            tell("billing.usage.reconciled",
                 R"({"reportId":")" + std::string(128, '1') +
                     R"(","source":"provider","quantity":"-8999999999999999")");
            at.wall += std::chrono::hours(1);
            usage.hour_began(at, due);
            ASSERT_EQ(due.size(), 3U);
            for (const UsageRecord& record : due) {
                EXPECT_FALSE(record.key.dims.empty());
                const std::string event = contract::event_json(
                    "ll_use:" + record.id, call.session_id, "2026-02-16T10:00:00.000Z",
                    "billing.usage.measured",
                    sign_record(record_json(call, record, meters->all().front()),
                                "3f2a9c1144de0b77", key));
                largest = std::max(largest, event.size());
                const auto checked = checker.check(event, contract::Sender::server);
                EXPECT_TRUE(checked.has_value()) << checked.error().reason << event.size();
            }
        }
    EXPECT_GT(largest, 50'000U) << "words that fit are kept";
}

}  // namespace
}  // namespace lifeline::metering
