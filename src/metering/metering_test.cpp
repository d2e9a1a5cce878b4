#include "metering/metering.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "journal/test_view_house.h"

namespace lifeline::metering {
namespace {

using namespace std::chrono_literals;

class House : public journal::ViewHouse<Metering> {
public:
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        ViewHouse::append(stream, type, payload, format_rfc3339(loop.clock().wall()));
    }
    void meters() { meters(Meters::builtin().sha256(), Meters::builtin().json()); }
    void meters(const std::string& sha256, const std::string& json) {
        append("sys_metering", "billing.meters.activated",
               R"({"sha256":")" + sha256 + R"(","effectiveFrom":")" +
                   text_of(window_of(loop.clock().wall())) + R"(","meters":)" + json + "}");
    }
    void tick(const std::string& because) {
        append("sys_metering", "system.tick",
               R"({"window":")" + text_of(window_of(loop.clock().wall())) +
                   R"(","openCalls":0,"because":")" + because + R"("})");
    }
    void created(const std::string& call, const std::string& account = "acct_1") {
        append(call, "call.created",
               R"({"callId":")" + call + R"(","ownerId":"ada","accountId":")" + account +
                   R"(","channel":"web"})");
    }
    void connected(const std::string& call) {
        append(call, "call.connected",
               R"({"callId":")" + call + R"(","connectedAt":"2026-02-16T10:00:00.000Z"})");
    }
    void ended(const std::string& call) {
        append(call, "call.ended",
               R"({"callId":")" + call +
                   R"(","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
                   R"("endReason":"completed"})");
    }
    std::vector<DueRecord> due() {
        return answer<std::vector<DueRecord>>(
            [&](auto done) { view->due(100, loop, std::move(done)); });
    }
    // Each as the server would, with a signature of no worth.
    void write_due() {
        for (const DueRecord& one : due())
            append(one.session_id, "billing.usage.measured",
                   one.json.substr(0, one.json.size() - 1) + R"(,"keyId":"k","signature":")" +
                       std::string(86, 'A') + R"("})");
    }
    Standing standing() {
        return answer<Standing>([&](auto done) { view->standing(loop, std::move(done)); });
    }
    std::vector<UsageRow> rows(UsageQuery query) {
        return answer<std::vector<UsageRow>>(
            [&](auto done) { view->usage(std::move(query), loop, std::move(done)); });
    }
    std::vector<std::string> usage(UsageQuery query) {
        std::vector<std::string> found;
        for (const UsageRow& row : rows(std::move(query)))
            found.push_back(row.session_id + " " + text_of(row.hour).substr(11, 2));
        return found;
    }
    // "hour quantity, ..." of the account, hours from now.
    std::string hours(AccountQuery query) {
        std::string told;
        for (const auto& part : asked(std::move(query)).hours)
            told += (told.empty() ? "" : ", ") +
                    std::to_string((part.hour - window_of(loop.clock().wall())).count()) + "h " +
                    std::to_string(part.quantity);
        return told;
    }
    AccountUsage asked(AccountQuery query) {
        const Moment now{loop.clock().wall(), loop.clock().steady()};
        return answer<AccountUsage>(
            [&](auto done) { view->account_usage(std::move(query), now, loop, std::move(done)); });
    }
};

TEST(Metering, IsDueUntilItStandsInTheCall) {
    House house;
    house.meters();
    house.created("sess_1");
    house.connected("sess_1");
    EXPECT_EQ(house.standing().running, 1U);
    house.loop.run_for(30s);
    house.ended("sess_1");
    ASSERT_EQ(house.due().size(), 1U);
    EXPECT_EQ(house.due()[0].session_id, "sess_1");
    EXPECT_TRUE(house.due()[0].json.contains(R"("quantityRaw":"30000")")) << house.due()[0].json;
    house.write_due();
    EXPECT_TRUE(house.due().empty());
    EXPECT_EQ(house.usage({.account_id = "acct_1"}).size(), 1U);
    EXPECT_EQ(house.usage({.account_id = "acct_2"}).size(), 0U);
    EXPECT_EQ(house.standing().running, 0U);
}

TEST(Metering, NothingIsMeasuredBeforeThereAreMeters) {
    House house;
    house.created("sess_1");
    house.meters();
    house.connected("sess_1");
    house.loop.run_for(30s);
    house.ended("sess_1");
    EXPECT_TRUE(house.due().empty());
}

TEST(Metering, MetersCountAsTheyStandWhateverTheyAreCalled) {
    House house;
    const Meters all = Meters::builtin();
    house.meters(std::string(64, 'a'), all.json());
    EXPECT_EQ(house.standing().meters, all.sha256()) << "so the server sees which are in force";
    // Two of one name cannot be read: those before them stay.
    std::string twice = all.json();
    twice = twice.substr(0, twice.size() - 1) + "," + twice.substr(1);
    house.meters(std::string(64, 'b'), twice);
    EXPECT_EQ(house.standing().meters, all.sha256());
    house.created("sess_1");
    house.connected("sess_1");
    house.loop.run_for(30s);
    house.ended("sess_1");
    ASSERT_EQ(house.due().size(), 1U);
    EXPECT_TRUE(house.due()[0].json.contains(R"("quantityRaw":"30000")")) << house.due()[0].json;
}

TEST(Metering, AnHourCutsEveryOpenCallAndAKilledServerEndsWhereItWasLastHeardOf) {
    House house;
    house.meters();
    for (const char* call : {"sess_1", "sess_2"}) {
        house.created(call);
        house.connected(call);
    }
    house.loop.run_for(90min);
    house.tick("hour");
    EXPECT_EQ(house.due().size(), 2U * 1U);
    house.loop.run_for(1min);
    house.append("sess_2", "x.sign", R"({"of":"life"})");
    house.loop.run_for(3h);
    house.tick("start");
    // Until the last event of the run before, whosever that was.
    std::int64_t measured = 0;
    for (const DueRecord& one : house.due()) {
        const auto json = *contract::Json::parse(one.json);
        if (one.session_id == "sess_1") measured += std::stoll(std::string(*json.text("quantity")));
    }
    EXPECT_EQ(measured, Millis(91min).count());
}

TEST(Metering, TellsWhatRunningCallsUsedSoFar) {
    House house;
    house.meters();
    for (const char* call : {"sess_1", "sess_2", "sess_3"}) house.created(call);
    for (const char* call : {"sess_1", "sess_3"}) house.connected(call);
    const std::string said =
        R"({"utteranceId":"u1","speaker":"user","text":"hello","startMs":0,"endMs":9})";
    house.append("sess_1", "transcript.final", said);
    house.loop.run_for(30s);
    house.ended("sess_3");
    const Moment now{house.loop.clock().wall(), house.loop.clock().steady()};
    const auto told = house.answer<std::vector<LiveUsage>>(
        [&](auto done) { house.view->live(now, 10, house.loop, std::move(done)); });
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].session_id, "sess_1");
    EXPECT_EQ(told[0].ticks,
              (std::vector<UsageTick>{
                  {"call.duration_ms",
                   R"({"meterId":"call.duration_ms","quantity":"30000","unit":"ms"})"},
                  {"transcript.chars",
                   R"({"meterId":"transcript.chars","quantity":"5","unit":"char","parts":[)"
                   R"({"dims":{"speaker":"user"},"quantity":"5"}]})"}}));
}

TEST(Metering, OfWhatWasErasedOnlyTheRecordsStay) {
    House house;
    house.meters();
    house.created("sess_1");
    house.connected("sess_1");
    house.loop.run_for(30s);
    house.ended("sess_1");
    house.write_due();
    house.append(
        "sess_1", "billing.usage.reported",
        R"({"reportId":"r","meter":"stt.ms","unit":"ms","quantity":"5","source":"provider"})");
    EXPECT_EQ(house.due().size(), 1U);
    house.append("sess_1", "record.erased", R"({"because":"request","events":3,"upToSeq":9})");
    EXPECT_TRUE(house.due().empty());
    EXPECT_EQ(house.usage({.session_id = "sess_1"}).size(), 1U);
    house.expect_same_anew();
}

// Whatever the reason is: the hours of everybody else are closed.
TEST(Metering, WhatCannotBeWrittenIsWaitedForNoMore) {
    House house;
    house.meters();
    house.created("sess_1");
    house.created("sess_2");
    const auto report = [&](const std::string& call, const std::string& id) {
        house.append(call, "billing.usage.reported",
                     R"({"reportId":")" + id +
                         R"(","meter":"stt.ms","unit":"ms","quantity":null,)" +
                         R"("source":"provider"})");
    };
    report("sess_1", "a");
    report("sess_1", "b");
    house.loop.run_for(2h);
    report("sess_2", "c");
    const auto first = house.due();
    ASSERT_EQ(first.size(), 3U);
    const auto set_aside = [&](std::vector<std::string> records) {
        house.view->set_aside(std::move(records), house.loop, [](auto) {});
        house.loop.run();
    };
    const auto due_of = [&](const std::string& call) {
        std::uint64_t found = 99;
        house.view->due_of(call, house.loop, [&](auto due) { found = *due; });
        house.loop.run();
        return found;
    };
    const Window hour = *house.standing().oldest_due;
    set_aside({first[0].id});
    EXPECT_EQ(house.standing().oldest_due, hour);
    EXPECT_EQ(due_of("sess_1"), 1U);
    set_aside({first[1].id});
    EXPECT_EQ(house.due(), std::vector<DueRecord>{first[2]});
    EXPECT_EQ(house.standing().oldest_due, hour + 2h);
    EXPECT_EQ(house.standing().due, 1U);
    EXPECT_EQ(due_of("sess_1"), 0U) << "the call may be erased";
    house.open("live.db");
    EXPECT_EQ(house.due(), first) << "another process tries again";
}

// However many records there are: a sum for each hour, meter and kind, written or not yet.
TEST(Metering, WhatAnAccountUsedIsSummedByTheHour) {
    House house;
    house.meters();
    const auto says = [&](const std::string& call, int i) {
        house.append(call, "transcript.final",
                     R"({"utteranceId":"utt_)" + std::to_string(i) +
                         R"(","speaker":"user","text":"Hi","startMs":0,"endMs":9})");
    };
    house.created("sess_other", "acct_2");
    says("sess_other", 9);
    house.ended("sess_other");
    house.write_due();
    for (int i = 0; i < 6; ++i) {
        const std::string call = "sess_" + std::to_string(i);
        house.created(call);
        house.connected(call);
        house.ended(call);
        says(call, i);  // After the end: a record of its own.
        if (i != 5) house.write_due();
        if (i == 2) house.loop.run_for(2h);
    }
    const Window now = window_of(house.loop.clock().wall());
    EXPECT_EQ(house.hours({.account_id = "acct_1"}), "-2h 6, 0h 4, 0h 2");
    EXPECT_EQ(house.hours({.account_id = "acct_1", .from = now}), "0h 4, 0h 2");
    EXPECT_EQ(house.hours({.account_id = "acct_2"}), "-2h 2");
}

// What comes late of a call that is not asked for: once, due or written.
TEST(Metering, WhatBecameDueSinceIsToldOnce) {
    House house;
    house.meters();
    const auto reports = [&](const std::string& call, const std::string& id) {
        house.append(call, "billing.usage.reported",
                     R"({"reportId":")" + id +
                         R"(","meter":"stt.ms","unit":"ms","quantity":"5","source":"provider"})");
    };
    house.created("sess_1");
    reports("sess_1", "use_1");
    const auto begun = house.asked({.account_id = "acct_1", .after = 0});
    ASSERT_EQ(begun.calls.size(), 1U);
    EXPECT_TRUE(begun.late.empty()) << "it goes on";
    house.ended("sess_1");
    const auto ended = house.asked({.account_id = "acct_1", .sessions = {"sess_1"}, .after = 0});
    EXPECT_TRUE(ended.late.empty()) << "it is named";
    house.write_due();
    EXPECT_TRUE(house.asked({.account_id = "acct_1", .after = ended.up_to}).late.empty())
        << "what was due then is written now";
    reports("sess_1", "use_2");
    for (int i = 0; i < 2; ++i) {
        const auto late = house.asked({.account_id = "acct_1", .after = ended.up_to}).late;
        ASSERT_EQ(late.size(), 1U);
        ASSERT_EQ(late[0].parts.size(), 1U);
        EXPECT_EQ(late[0].parts[0].quantity, 5);
        house.write_due();
    }
    const auto up_to = house.asked({.account_id = "acct_1"}).up_to;
    EXPECT_TRUE(house.asked({.account_id = "acct_1", .after = up_to}).late.empty());
    EXPECT_TRUE(house.asked({.account_id = "acct_2", .after = 0}).late.empty());
}

TEST(Metering, UsageIsReadPageByPageInTheOrderOfHours) {
    House house;
    house.meters();
    for (int i = 1; i <= 5; ++i) {
        const std::string call = "sess_" + std::to_string(i);
        house.created(call);
        house.connected(call);
        house.loop.run_for(50min);
        house.ended(call);
        house.write_due();
    }
    const auto all = house.usage({.account_id = "acct_1"});
    ASSERT_GE(all.size(), 5U);
    std::vector<std::string> paged;
    std::string after;
    for (;;) {
        const auto page = house.rows({.account_id = "acct_1", .after = after, .limit = 2});
        if (page.empty()) break;
        for (const auto& row : page)
            paged.push_back(row.session_id + " " + text_of(row.hour).substr(11, 2));
        after = page.back().record_id;
    }
    EXPECT_EQ(paged, all);
}

// Whatever was read at once, and wherever it was interrupted.
TEST(Metering, IsTheSameHoweverItWasRead) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        House house;
        SeededRandom random(seed);
        house.meters();
        for (int i = 0; i < 60; ++i) {
            house.loop.run_for(Millis(random.below(20 * 60'000)));
            const std::string call = "sess_" + std::to_string(random.below(4));
            switch (random.below(8)) {
                case 0:
                    house.created(call);
                    break;
                case 1:
                    house.connected(call);
                    break;
                case 2:
                    house.ended(call);
                    break;
                case 3:
                    house.tick("hour");
                    break;
                case 4:
                    house.tick("start");
                    break;
                case 5:
                    house.write_due();
                    break;
                default:
                    house.append(call, "transcript.final",
                                 R"({"utteranceId":"utt_)" + std::to_string(i) +
                                     R"(","speaker":"user","text":"Hi","startMs":0,"endMs":9})");
            }
            if (random.below(10) == 0) house.open("live.db");
        }
        SCOPED_TRACE(seed);
        house.expect_same_anew();
    }
}

}  // namespace
}  // namespace lifeline::metering
