// When an hour is over for good: not before its grace has passed and all of it is written. What
// comes until then is in the charge; what comes later corrects it.
#include "app/metering_clock.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "app/charge_writer.h"
#include "base/test_folder.h"
#include "base/virtual_loop.h"
#include "billing/billing.h"
#include "contract/json.h"
#include "journal/memory_journal.h"
#include "pricing/card.h"

namespace lifeline::app {
namespace {

using namespace std::chrono_literals;

const Window ten = *parse_window("2026-02-16T10:00Z");

class House {
public:
    explicit House(Millis grace) : grace_(grace) {
        loop.clock().set_wall(ten);
        const auto ready = [](const Status& done) { ASSERT_TRUE(done); };
        metering_->start((folder_ / "metering.db").string(), ready);
        billing_->start((folder_ / "billing.db").string(), ready);
        metering_->on_change([this] { write_due(); });
        loop.run();
        charges_->start();
        begin();
        const std::string card = R"({"card":"standard","currency":"EUR","effectiveFrom":")" +
                                 text_of(ten) +
                                 R"(","items":[{"item":"hearing","meter":"stt.ms","per":"1",)"
                                 R"("tiers":[{"unitNano":"2"}]}],"kind":"price","version":1})";
        const std::string digest = pricing::parse_card(card)->sha256;
        write("sys_billing", "billing.card.activated",
              card.substr(0, card.size() - 1) + R"(,"sha256":")" + digest + R"("})");
        write("sess_1", "call.created",
              R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"text"})");
    }
    ~House() {
        clock_.reset();
        charges_.reset();
        writer_.reset();
        billing_.reset();
        metering_.reset();
    }

    void begin() {
        clock_.emplace(
            MeteringClock::Parts{
                .home = loop, .journal = journal_, .metering = *metering_, .writer = *writer_},
            MeteringClock::Settings{.meters = metering::Meters::builtin(), .close_after = grace_});
        clock_->begin([](const Status& done) { ASSERT_TRUE(done); });
        loop.run();
        clock_->run([] {});
        loop.run();
    }
    void stop() {
        clock_->stop([](const Status& done) { ASSERT_TRUE(done); });
        loop.run();
        clock_.reset();
    }
    // Lets it become that time of the day; of what is due then, everything has happened.
    void until(Millis of_day) {
        loop.run_for(
            std::chrono::duration_cast<Millis>((ten - 10h + of_day) - loop.clock().wall()));
        loop.run();
    }
    // Heard at this time of the day, and told of now.
    void reported(const std::string& id, int quantity, Millis of_day) {
        write("sess_1", "billing.usage.reported",
              fmt::format(R"({{"reportId":"{}","meter":"stt.ms","unit":"ms","quantity":"{}",)"
                          R"("source":"provider","at":"{}"}})",
                          id, quantity, format_rfc3339(ten - 10h + of_day)));
    }
    void write_due() {
        if (holding) return;
        metering_->due(100, loop, [this](const auto& due) {
            for (const metering::DueRecord& one : *due)
                writer_->write({.stream = one.session_id,
                                .name = "meter:" + one.id,
                                .type = "billing.usage.measured",
                                .payload = one.json.substr(0, one.json.size() - 1) +
                                           R"(,"keyId":"k","signature":")" + std::string(86, 'A') +
                                           R"("})",
                                .done = [](const Status& done) { ASSERT_TRUE(done); }});
        });
    }
    // "10h at 11:10, ...": which hours were closed, and when.
    std::string closed() {
        std::string told;
        for (const auto& event : read("sys_metering"))
            if (event.text("type") == "billing.window.closed")
                told += (told.empty() ? "" : ", ") + hour(event, "window") + "h at " +
                        std::string(event.text("ts")->substr(11, 5));
        return told;
    }
    void connected() {
        write("sess_1", "call.connected",
              R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})");
    }
    // "start 10:00:00, minute 10:01:00, ...": what was recorded of the time that passed.
    std::string ticks() {
        std::string told;
        for (const auto& event : read("sys_metering"))
            if (event.text("type") == "system.tick")
                told += (told.empty() ? "" : ", ") +
                        std::string(*event.find("payload")->text("because")) + " " +
                        std::string(event.text("ts")->substr(11, 8));
        return told;
    }
    // "10h 120, late 10h 7, ...": what the account was charged.
    std::string charged() {
        std::string told;
        for (const auto& event : read("acct_1")) {
            const auto payload = *event.find("payload");
            if (!told.empty()) told += ", ";
            if (event.text("type") == "billing.usage.recorded")
                told += hour(event, "window") + "h " + std::string(*payload.text("quantity"));
            else
                told += std::string(*payload.text("kind")) + " " + hour(event, "serviceWindow") +
                        "h " + std::string(*payload.text("quantityDelta"));
        }
        return told;
    }

    VirtualLoop loop;
    bool holding = false;  // What is due is not written: the disk is full.

private:
    void write(const std::string& stream, const std::string& type, const std::string& payload) {
        writer_->write({.stream = stream,
                        .name = "test:",
                        .type = type,
                        .payload = payload,
                        .done = [](const Status& done) { ASSERT_TRUE(done); }});
        loop.run();
    }
    std::vector<contract::Json> read(const std::string& stream) {
        std::vector<contract::Json> events;
        journal_.read(stream, 0, {.events = 1'000, .bytes = 10'000'000}, loop,
                      [&](const auto& all) {
                          if (!all) return;
                          for (const auto& one : *all)
                              events.push_back(*contract::Json::parse(one.bytes));
                      });
        loop.run();
        return events;
    }
    static std::string hour(const contract::Json& event, std::string_view key) {
        return std::string(event.find("payload")->text(key)->substr(11, 2));
    }

    Millis grace_;
    TestFolder folder_;
    journal::MemoryJournal journal_{loop.clock(), "memory"};
    std::optional<metering::Metering> metering_{std::in_place, loop, loop, journal_};
    std::optional<billing::Billing> billing_{std::in_place, loop, loop, journal_};
    std::optional<StreamWriter> writer_{std::in_place, loop, journal_, [this] {
                                            metering_->poke();
                                            billing_->poke();
                                        }};
    std::optional<ChargeWriter> charges_{std::in_place, loop, *billing_, *writer_};
    std::optional<MeteringClock> clock_;
};

TEST(MeteringClock, WhatComesWithinTheGraceIsInTheCharge) {
    House house(10min);
    house.until(10h + 30min);
    house.reported("r1", 100, 10h + 30min);
    house.until(11h + 5min);
    house.reported("r2", 20, 10h + 59min);
    house.until(11h + 9min + 59s);
    EXPECT_EQ(house.closed(), "");
    EXPECT_EQ(house.charged(), "") << "the hour is over, its grace is not";
    house.until(11h + 11min);
    EXPECT_EQ(house.closed(), "10h at 11:10");
    EXPECT_EQ(house.charged(), "10h 120");
    house.reported("r3", 7, 10h + 10min);
    house.until(11h + 30min);
    EXPECT_EQ(house.charged(), "10h 120, late 10h 7") << "what comes behind it corrects it";
}

TEST(MeteringClock, WithoutGraceTheSameComesLate) {
    House house(0ms);
    house.until(10h + 30min);
    house.reported("r1", 100, 10h + 30min);
    house.until(11h + 5min);
    EXPECT_EQ(house.closed(), "10h at 11:00");
    house.reported("r2", 20, 10h + 59min);
    house.until(11h + 11min);
    EXPECT_EQ(house.charged(), "10h 100, late 10h 20");
}

TEST(MeteringClock, AnHourOfWhichSomethingIsStillToBeWrittenStaysOpen) {
    House house(10min);
    house.holding = true;
    house.until(10h + 30min);
    house.reported("r1", 100, 10h + 30min);
    house.until(11h + 30min);
    EXPECT_EQ(house.closed(), "");
    house.holding = false;
    house.write_due();
    house.until(11h + 30min + 2s);
    EXPECT_EQ(house.closed(), "10h at 11:30") << "and then it is soon";
    EXPECT_EQ(house.charged(), "10h 100");
}

TEST(MeteringClock, AMinuteIsRecordedWhenItIsOverAndAnHourOnce) {
    House house(10min);
    house.until(10h + 10s);
    house.stop();
    house.until(10h + 57min + 58s + 500ms);
    house.connected();
    house.begin();
    // What the wall says of the hour is a moment behind what passed.
    house.loop.clock().set_wall(ten + 57min + 58s + 499ms);
    house.until(11h + 1min + 1s);
    EXPECT_EQ(house.ticks(),
              "start 10:00:00, stop 10:00:10, start 10:57:58, minute 10:58:58, minute 10:59:58, "
              "hour 11:00:00, minute 11:01:00");
}

TEST(MeteringClock, WhoWasAwayClosesEveryHourThatWasMissedAndGivesTheLastItsGrace) {
    House house(10min);
    house.until(10h + 30min);
    house.reported("r1", 100, 10h + 30min);
    house.stop();
    house.until(14h + 5min);
    house.begin();
    house.until(14h + 6min);
    EXPECT_EQ(house.closed(), "10h at 14:05, 11h at 14:05, 12h at 14:05");
    house.until(14h + 11min);
    EXPECT_EQ(house.closed(), "10h at 14:05, 11h at 14:05, 12h at 14:05, 13h at 14:10");
    EXPECT_EQ(house.charged(), "10h 100");
}

}  // namespace
}  // namespace lifeline::app
