#include "metering/metering.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "journal/memory_journal.h"
#include "journal/view_digest.h"

namespace lifeline::metering {
namespace {

using namespace std::chrono_literals;

class House {
public:
    House() : journal(loop.clock(), "memory") {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        open("live.db");
    }
    ~House() { std::filesystem::remove_all(folder); }

    void open(const std::string& name) {
        view.emplace(loop, loop, journal);
        view->start((folder / name).string(), [](const Status& ready) { ASSERT_TRUE(ready); });
        loop.run();
    }
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        auto& open = streams[stream];
        if (!open) journal.open(stream, loop, [&](auto opened) { open = std::move(*opened); });
        loop.run();
        const std::string id = "ll_" + std::to_string(++made);
        open->append(open->head(),
                     {{id,
                       {"server", "lifeline"},
                       "",
                       contract::event_json(id, stream, format_rfc3339(loop.clock().wall()), type,
                                            payload)}},
                     [](auto appended) { ASSERT_TRUE(appended.has_value()); });
        loop.run();
        view->poke();
        loop.run();
    }
    void meters() {
        const Meters all = Meters::builtin();
        append("sys_metering", "billing.meters.activated",
               R"({"sha256":")" + all.sha256() + R"(","effectiveFrom":")" +
                   text_of(window_of(loop.clock().wall())) + R"(","meters":)" + all.json() + "}");
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
        std::vector<DueRecord> found;
        view->due(100, loop, [&](auto rows) { found = *std::move(rows); });
        loop.run();
        return found;
    }
    // Each as the server would, with a signature of no worth.
    void write_due() {
        for (const DueRecord& one : due())
            append(one.session_id, "billing.usage.measured",
                   one.json.substr(0, one.json.size() - 1) + R"(,"keyId":"k","signature":")" +
                       std::string(86, 'A') + R"("})");
    }
    Standing standing() {
        Standing found;
        view->standing(loop, [&](auto asked) { found = *std::move(asked); });
        loop.run();
        return found;
    }
    std::vector<std::string> usage(UsageQuery query) {
        std::vector<std::string> found;
        view->usage(std::move(query), loop, [&](auto rows) {
            for (const UsageRow& row : *rows)
                found.push_back(row.session_id + " " + text_of(row.hour).substr(11, 2));
        });
        loop.run();
        return found;
    }
    std::string digest(const std::string& name) {
        return *journal::view_digest((folder / name).string());
    }

    VirtualLoop loop;
    journal::MemoryJournal journal;
    std::optional<Metering> view;
    std::map<std::string, std::unique_ptr<journal::Stream>> streams;
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("lifeline_metering_" + std::to_string(getpid()));
    int made = 0;
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
    house.open("anew.db");
    EXPECT_EQ(house.digest("anew.db"), house.digest("live.db"));
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
        std::vector<UsageRow> page;
        house.view->usage({.account_id = "acct_1", .after = after, .limit = 2}, house.loop,
                          [&](auto rows) { page = *std::move(rows); });
        house.loop.run();
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
        house.open("anew.db");
        ASSERT_EQ(house.digest("anew.db"), house.digest("live.db")) << "seed " << seed;
    }
}

}  // namespace
}  // namespace lifeline::metering
