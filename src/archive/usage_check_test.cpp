// Usage records in an archive that is whole: whoever wrote them had the journal, and still a record
// that was not signed, or rests on what is not there, is named.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "archive/test_archive.h"
#include "base/text.h"
#include "metering/usage_record.h"

namespace lifeline::archive {
namespace {

using metering::UsageRecord;

struct UsageCheckTest : ArchiveTest {
    const metering::CallName name{.session_id = call, .account_id = "acct_1"};
    const metering::Meter chars{.name = "transcript.chars", .unit = "char"};
    const metering::Meter actions{.name = "action.count", .unit = "action"};
    const metering::Meter time{.name = "call.duration_ms", .unit = "ms"};
    const Window hour = *parse_window("2026-02-16T10:00Z");

    // Says an event of the call and keeps it as what a record may rest on.
    metering::Witness witness(const std::string& type, const std::string& payload) {
        say(type, payload);
        ++seq_;
        return {seq_, sha256(contract::event_json("evt_" + std::to_string(seq_), call,
                                                  "2026-02-16T10:00:00.000Z", type, payload))};
    }
    metering::Witness said(const std::string& id, const std::string& text) {
        return witness("transcript.final", R"({"utteranceId":")" + id + R"(","speaker":"user",)" +
                                               R"("text":")" + text +
                                               R"(","startMs":0,"endMs":1000})");
    }
    metering::Witness acted(const std::string& what, const std::string& rest) {
        return witness("orchestration.action." + what, R"({"actionId":"act_1")" + rest + "}");
    }
    // Two texts of one speaker, an action that was begun, and a line.
    void a_call() {
        start();
        texts.add(said("u1", "Grüße"));
        line.add(witness("call.connected",
                         R"({"callId":"sess_call","connectedAt":"2026-02-16T10:00:00.000Z"})"));
        action.add(witness("orchestration.action.requested",
                           R"({"actionId":"act_1","actionType":"mail","summary":"mail"})"));
        texts.add(said("u2", "wieder"));
        action.add(acted("started", R"(,"executor":"http","attempt":1,)"
                                    R"("leaseUntil":"2026-02-16T10:00:00.000Z")"));
        action.add(acted("succeeded", R"(,"durationMs":5)"));
        line.add(witness("call.ended",
                         R"({"callId":"sess_call","endedAt":"2026-02-16T10:00:09.000Z",)"
                         R"("durationSeconds":9,"endReason":"completed"})"));
        commit();
    }
    UsageRecord record_of(metering::UsageKey key, const metering::Evidence& evidence,
                          std::int64_t quantity) const {
        return {.id = {},
                .key = std::move(key),
                .window = hour,
                .from = hour,
                .to = hour,
                .raw = quantity,
                .quantity = quantity,
                .cumulative = quantity,
                .evidence = evidence};
    }
    UsageRecord text_record() const {
        return record_of({.meter = chars.name, .dims = {{"speaker", "user"}}}, texts, 11);
    }
    UsageRecord action_record() const {
        auto record = record_of(
            {.meter = actions.name, .dims = {{"actionType", "mail"}, {"outcome", "succeeded"}}},
            action, 1);
        record.action_id = "act_1";
        return record;
    }
    UsageRecord time_record() const { return record_of({.meter = time.name}, line, 9'000); }

    std::string signed_json(UsageRecord record, const metering::Meter& meter) {
        if (record.id.empty())
            record.id =
                metering::record_id(name, record.key, meter.version,
                                    record.action_id.empty() ? text_of(hour) : record.action_id);
        return metering::sign_record(metering::record_json(name, record, meter), key().id(),
                                     key().signing());
    }
    void write(const std::string& payload) {
        say("billing.usage.measured", payload);
        ++seq_;
        commit();
    }

    metering::Evidence texts, action, line;

private:
    std::uint64_t seq_ = 0;
};

TEST_F(UsageCheckTest, WhatWasMeasuredIsCountedAgain) {
    a_call();
    write(signed_json(text_record(), chars));
    write(signed_json(action_record(), actions));
    write(signed_json(time_record(), time));
    const auto report = check(archive());
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok()) << report->problems.front().detail;
    EXPECT_EQ(report->usage, 3U);
}

// The seal key signed until position 1, then a key of its own, until that was revoked.
TEST_F(UsageCheckTest, WhoMaySignWhereTheHistoryOfKeysSays) {
    a_call();
    SeededRandom random(11);
    const SigningKey own = SigningKey::generate(random);
    const auto change = [](const Ed25519PublicKey& changed, std::string_view state) {
        return fmt::format(R"({{"keyId":"{}","publicKey":"{}","state":"{}","use":"usage"}})",
                           journal::key_id(changed), to_base64url(view(changed)), state);
    };
    const std::vector<KeyLine> history{{1, change(key().public_key(), "active")},
                                       {2, change(own.public_key(), "active")},
                                       {3, change(key().public_key(), "retired")}};
    auto record = text_record();
    record.id = metering::record_id(name, record.key, 1, text_of(hour));
    write(metering::sign_record(metering::record_json(name, record, chars),
                                journal::key_id(own.public_key()), own));
    EXPECT_EQ(problem(archive(2'000, history)), "whole");
    EXPECT_THAT(problem(archive()), testing::HasSubstr("not by the archive's"));
    auto without = history;
    without.erase(without.begin() + 1);
    EXPECT_THAT(problem(archive(2'000, without)), testing::HasSubstr("none of the history"));
    auto revoked = history;
    revoked.push_back({4, change(own.public_key(), "revoked")});
    EXPECT_THAT(problem(archive(2'000, revoked)), testing::HasSubstr("proves nothing"));
    write(signed_json(action_record(), actions));
    EXPECT_THAT(problem(archive(2'000, history)), testing::HasSubstr("after that one was retired"));
}

TEST_F(UsageCheckTest, OfErasedEventsItIsOnlyAskedThatTheyWereThere) {
    a_call();
    write(signed_json(text_record(), chars));
    write(signed_json(action_record(), actions));
    erase(1);
    erase(5);
    EXPECT_EQ(problem(archive()), "whole");
}

TEST_F(UsageCheckTest, ALateTextHasItsOwnId) {
    a_call();
    metering::Evidence late;
    late.add(said("u3", "zu spät"));
    commit();
    auto record = record_of({.meter = chars.name, .dims = {{"speaker", "user"}}}, late, 7);
    record.id = metering::record_id(name, record.key, 1, "u3");
    write(signed_json(record, chars));
    EXPECT_EQ(problem(archive()), "whole");
}

TEST_F(UsageCheckTest, WhatIsNotSoIsNamed) {
    struct Case {
        const char* name;
        std::function<std::string()> payload;
        std::string says;
    };
    const auto text_with = [this](auto change) {
        return [this, change] {
            auto record = text_record();
            change(record);
            return signed_json(record, chars);
        };
    };
    const Case cases[] = {
        {"another quantity than was signed",
         [this] {
             auto json = signed_json(text_record(), chars);
             return json.replace(json.find(R"("quantity":"11")"), 15, R"("quantity":"99")");
         },
         "is not what was signed"},
        {"another's key",
         [this] {
             const auto stranger = SigningKey::from_seed(Ed25519PublicKey{7});
             auto record = text_record();
             record.id = "mr_1";
             return metering::sign_record(metering::record_json(name, record, chars),
                                          "0011223344556677", stranger);
         },
         "is signed by key 0011223344556677"},
        {"what is no record",
         [this] {
             auto json = signed_json(text_record(), chars);
             return json.replace(json.find(R"("quantity":"11")"), 15, R"("quantity":11)");
         },
         "cannot be read"},
        {"a character too many", text_with([](auto& one) { one.raw = 12; }),
         "counts 12 characters where there are 11"},
        {"a text is passed over", text_with([](auto& one) { one.evidence.count = 1; }),
         "passes over events of its kind"},
        {"a text that is not there", text_with([](auto& one) { one.evidence.count = 3; }),
         "rests on events that are not there"},
        {"it rests on an action", text_with([](auto& one) { one.evidence.first = 3; }),
         "rests on events that are not there"},
        {"it rests on what comes after it", text_with([](auto& one) { one.evidence.last = 99; }),
         "rests on events that cannot be"},
        {"the texts said something else", text_with([](auto& one) { one.evidence.chain[0] ^= 1; }),
         "rests on events that say something else"},
        {"another's id", text_with([](auto& one) { one.id = "mr_0"; }),
         "has the id of another fact"},
        {"an action whose end is not counted",
         [this] {
             auto record = action_record();
             record.evidence.count = 2;
             return signed_json(record, actions);
         },
         "passes over events of its kind"},
        {"an action that is not there",
         [this] {
             auto record = action_record();
             record.action_id = "act_2";
             return signed_json(record, actions);
         },
         "rests on events that are not there"},
        {"the line was another",
         [this] {
             auto record = time_record();
             record.evidence.chain[5] ^= 1;
             return signed_json(record, time);
         },
         "rests on events that say something else"},
    };
    a_call();
    for (const auto& [what, payload, says] : cases) write(payload());
    const auto report = check(archive());
    ASSERT_TRUE(report);
    for (const auto& [what, payload, says] : cases) {
        SCOPED_TRACE(what);
        const bool found = std::ranges::any_of(report->problems, [&](const Error& one) {
            return one.reason == "record_altered" && one.detail.contains(says);
        });
        std::string all;
        for (const Error& one : report->problems) all += one.detail + "\n";
        EXPECT_TRUE(found) << all;
    }
}

TEST_F(UsageCheckTest, TheSameTwiceIsOneTooMany) {
    a_call();
    write(signed_json(text_record(), chars));
    write(signed_json(text_record(), chars));
    EXPECT_THAT(problem(archive()), testing::HasSubstr("stands there a second time"));
}

TEST_F(UsageCheckTest, WhatWasAlteredInTheFileIsNamedToo) {
    a_call();
    write(signed_json(text_record(), chars));
    auto text = archive();
    const auto at = text.find(R"(\"quantity\":\"11\")");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, 19, R"(\"quantity\":\"12\")");
    const auto report = check(text);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->problems.size(), 2U);
    EXPECT_EQ(report->problems[0].reason, "archive_altered");
    EXPECT_EQ(report->problems[1].reason, "record_altered");
}

}  // namespace
}  // namespace lifeline::archive
