#include "app/expiry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "app/test_erasing_house.h"
#include "contract/event.h"

namespace lifeline::app {
namespace {

constexpr WallTime noon{Millis(1'771'236'000'000)};

// A call that is over at noon, with a partial text that its final one has replaced.
class Kept {
public:
    explicit Kept(bool over) {
        take("call.created",
             R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"text"})");
        take("transcript.partial",
             R"({"utteranceId":"u1","speaker":"user","text":"a","startMs":0,"endMs":1,"rev":1})");
        take("transcript.final",
             R"({"utteranceId":"u1","speaker":"user","text":"ab","startMs":0,"endMs":1})");
        if (!over) return;
        take("call.ended",
             R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
             R"("endReason":"completed"})");
    }
    retention::CallContents call;

private:
    void take(const std::string& type, const std::string& payload) {
        const std::string id = "e" + std::to_string(++seq_);
        const auto event = checker_.read_stored(
            contract::event_json(id, "sess_1", "2026-02-16T10:00:00.000Z", type, payload));
        ASSERT_TRUE(event.has_value()) << payload;
        const contract::Actor actor{"user", "ada"};
        call.take({.seq = seq_,
                   .event_id = id,
                   .actor = actor,
                   .cause = {},
                   .at = noon,
                   .event = &*event});
    }
    contract::EventChecker checker_;
    std::uint64_t seq_ = 0;
};

constexpr const char* call = "sess_1";

// A call that is to be kept for a day, two days later.
class House : public ErasingHouse {
public:
    House() {
        said_and_over(call);
        start(roster, "views.db");
        loop.run_for(std::chrono::hours(48));
    }
    // How many events have gone in a round.
    std::uint64_t round() {
        std::optional<std::uint64_t> gone;
        expiry.run([&](const Result<std::uint64_t>& events) {
            ASSERT_TRUE(events.has_value()) << events.error().detail;
            gone = *events;
        });
        loop.run_for(std::chrono::minutes(1));
        return gone.value();
    }
    std::size_t erased() {
        return static_cast<std::size_t>(
            std::ranges::count_if(events(call), &journal::StoredEvent::erased));
    }

    InstanceLog log{loop, *journal};
    roster::Roster roster{loop, loop, *journal};
    int settled = 0;
    Expiry expiry{{.streams = streams,
                   .log = log,
                   .roster = roster,
                   .settle =
                       [this](journal::Settle, journal::Done<void> done) {
                           ++settled;
                           done({});
                       }},
                  {.standard = {.keep_days = 1}}};
};

}  // namespace

TEST(Expiry, WhatAnAccountAsksForGoesAndNothingElse) {
    struct Case {
        const char* name;
        retention::Keeping keeping;
        bool over;
        std::chrono::hours later;
        std::size_t goes;
        retention::Extent extent;
    };
    using std::chrono::days;
    using enum retention::Extent;
    const Case cases[] = {
        {"nothing is asked for", {}, true, days(9'999), 0, whole},
        {"partials that were replaced", {0, true}, true, days(0), 1, superseded},
        {"of a call that goes on", {1, true}, false, days(9'999), 0, whole},
        {"a day is not over", {1, false}, true, days(1) - std::chrono::hours(1), 0, whole},
        {"a day is over", {1, false}, true, days(1), 2, whole},
        {"before that, partials", {1, true}, true, std::chrono::hours(23), 1, superseded},
        {"after that, all of it", {1, true}, true, days(2), 2, whole},
    };
    for (const auto& [name, keeping, over, later, goes, extent] : cases) {
        SCOPED_TRACE(name);
        const Kept kept(over);
        const auto plan = expiring(kept.call, keeping, noon + later);
        EXPECT_EQ(plan.contents.size() + plan.frame.size(), goes);
        if (goes > 0) EXPECT_EQ(plan.extent, extent);
    }
}

TEST(Expiry, WhatCouldNotBeErasedIsTheNextRounds) {
    House house;
    house.disk.set_capacity(house.disk.used_bytes());
    EXPECT_EQ(house.round(), 0u);
    EXPECT_EQ(house.erased(), 0u);

    house.disk.set_capacity(UINT64_MAX);
    EXPECT_EQ(house.round(), 2u);
    EXPECT_EQ(house.erased(), 2u);
    EXPECT_EQ(house.count(call, "record.erased"), 1u);
    EXPECT_EQ(house.round(), 0u);
    EXPECT_EQ(house.count(call, "record.erased"), 1u);
}

TEST(Expiry, WhatCouldNotBeRecordedIsTheNextRounds) {
    House house;
    house.calls.refused.insert(call);
    EXPECT_EQ(house.round(), 0u);
    EXPECT_EQ(house.erased(), 2u);
    EXPECT_EQ(house.count(call, "record.erased"), 0u);

    house.calls.refused.clear();
    EXPECT_EQ(house.round(), 2u);
    EXPECT_EQ(house.count(call, "record.erased"), 1u);
    EXPECT_EQ(house.settled, 2);
}

TEST(Expiry, TheViewsAreSettledOnceAfterAStartAndWheneverSomethingWent) {
    House house;
    ASSERT_EQ(house.round(), 2u);
    EXPECT_EQ(house.settled, 1);
    // Another process, which may not have come so far.
    Expiry next({.streams = house.streams,
                 .log = house.log,
                 .roster = house.roster,
                 .settle =
                     [&](journal::Settle, journal::Done<void> done) {
                         ++house.settled;
                         done({});
                     }},
                {.standard = {.keep_days = 1}});
    for (int round = 0; round < 2; ++round) {
        next.run([](const Result<std::uint64_t>& events) { EXPECT_EQ(events.value_or(9), 0u); });
        house.loop.run_for(std::chrono::minutes(1));
        EXPECT_EQ(house.settled, 2) << "the first round's";
    }
}

}  // namespace lifeline::app
