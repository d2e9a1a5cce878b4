#include "sinks/lane.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sinks/test_charge.h"

namespace lifeline::sinks {
namespace {

using Meaning = Reply::Meaning;
using Stage = Delivery::Stage;
using Work = Lane::Work;

class Declared final : public Adapter {
public:
    explicit Declared(Capability capability) : capability_(capability) {}
    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge& charge) const override {
        if (charge.account == "acct_refused") return "not this one";
        return std::nullopt;
    }
    Request request(std::span<const Item>, WallTime) const override { return {}; }
    std::vector<Reply> replies(std::span<const Item>, const Result<net::Response>&) const override {
        return {};
    }

private:
    Capability capability_;
};

const WallTime now = usage_charge().recorded;
const Reply taken{.meaning = Meaning::delivered, .status = 200};
const Reply gone{.meaning = Meaning::transient, .of = Reply::Of::sink, .message = "not connected"};

class LaneTest : public testing::Test {
protected:
    Lane& lane(Capability capability) {
        adapter_.emplace(capability);
        return lane_.emplace(*adapter_, LaneOptions{}, random_);
    }
    void add(int from, int to, std::string account = "acct_1") {
        for (int i = from; i <= to; ++i) {
            Charge charge = usage_charge(fmt::format("bu_{:03}", i));
            charge.account = account;
            lane_->add(charge, fresh(now));
        }
    }
    static std::size_t charges(const std::vector<Work>& works) {
        std::size_t count = 0;
        for (const Work& work : works) count += work.ids.size();
        return count;
    }
    void answer(const Work& work, const Reply& reply, WallTime when = now) {
        lane_->answered(work, std::vector(work.ids.size(), reply), when);
    }
    void record() {
        for (const auto& id : lane_->take_ended()) lane_->recorded(id);
    }

    SeededRandom random_{1};
    std::optional<Declared> adapter_;
    std::optional<Lane> lane_;
};

TEST_F(LaneTest, OneAtATimeForAnAccountAndItsItemUntilThatIsRecorded) {
    lane({.per_key = 1});
    add(1, 2, "acct_1");
    add(3, 4, "acct_2");
    const auto works = lane_->take(now);
    ASSERT_EQ(works.size(), 2U);
    EXPECT_EQ(works[0].ids, std::vector<std::string>{"bu_001"});
    EXPECT_EQ(works[1].ids, std::vector<std::string>{"bu_003"});
    EXPECT_EQ(lane_->wake(now), std::nullopt);
    answer(works[0], taken);
    EXPECT_TRUE(lane_->take(now).empty()) << "not recorded yet";
    record();
    EXPECT_EQ(charges(lane_->take(now)), 1U);
}

TEST_F(LaneTest, BatchesAreFilledAndWhatIsToGoAloneDoes) {
    lane({.batch_max = 4});
    add(1, 10);
    auto works = lane_->take(now);
    ASSERT_EQ(works.size(), 3U);
    EXPECT_EQ(charges(works), 10U);
    Reply alone = gone;
    alone.of = Reply::Of::charge;
    alone.alone = true;
    answer(works[0], alone);
    answer(works[1], taken);
    answer(works[2], taken);
    works = lane_->take(now);
    ASSERT_EQ(works.size(), 4U);
    for (const Work& work : works) EXPECT_EQ(work.ids.size(), 1U);
}

TEST_F(LaneTest, NoMoreASecondAndNoMoreAtATimeThanTheSinkTakes) {
    lane({.per_second = 10, .in_flight_max = 100});
    add(1, 30);
    EXPECT_EQ(lane_->take(now).size(), 10U);
    EXPECT_TRUE(lane_->take(now).empty());
    EXPECT_EQ(lane_->wake(now), now + Millis(100));
    EXPECT_EQ(lane_->take(now + Millis(500)).size(), 5U);
    lane({.in_flight_max = 3});
    add(1, 30);
    EXPECT_EQ(lane_->take(now).size(), 3U);
    EXPECT_EQ(lane_->wake(now), std::nullopt);
}

TEST_F(LaneTest, ASinkThatIsDownGetsOneNowAndThenAndCostsNobodyAnAttempt) {
    lane({});
    add(1, 40);
    WallTime when = now;
    for (const Work& work : lane_->take(when)) answer(work, gone, when);
    EXPECT_TRUE(lane_->take(when).empty());
    for (int i = 0; i < 200; ++i) {
        when = lane_->wake(when).value();
        const auto works = lane_->take(when);
        ASSERT_EQ(works.size(), 1U);
        EXPECT_TRUE(works[0].trial);
        EXPECT_EQ(charges(works), 1U);
        answer(works[0], gone, when);
    }
    EXPECT_GT(when - now, Millis(std::chrono::hours(24)));
    EXPECT_TRUE(lane_->take_ended().empty()) << "nobody was parked";
    when = lane_->wake(when).value();
    answer(lane_->take(when).at(0), taken, when);
    EXPECT_GT(lane_->take(when).size(), 1U);
}

TEST_F(LaneTest, AThrottledSinkIsLeftAloneAsLongAsItSays) {
    lane({});
    add(1, 9);
    const auto works = lane_->take(now);
    Reply throttled = gone;
    throttled.status = 429;
    throttled.retry_after = std::chrono::minutes(3);
    for (const Work& work : works) answer(work, throttled);
    EXPECT_TRUE(lane_->take(now + std::chrono::minutes(3) - Millis(1)).empty());
    EXPECT_EQ(lane_->wake(now), now + std::chrono::minutes(3));
    EXPECT_FALSE(lane_->take(now + std::chrono::minutes(3)).empty());
}

TEST_F(LaneTest, WhatIsRefusedIsParkedAndTheOthersGo) {
    lane({});
    add(1, 1, "acct_refused");
    add(2, 3);
    EXPECT_EQ(charges(lane_->take(now)), 2U);
    EXPECT_EQ(lane_->take_ended(), std::vector<std::string>{"bu_001"});
    EXPECT_EQ(lane_->find("bu_001")->delivery.message, "not this one");
    EXPECT_EQ(lane_->redrive("bu_001", now).error().reason, "dead_letter_not_found")
        << "it is not written yet";
    lane_->recorded("bu_001");
    EXPECT_TRUE(lane_->redrive("bu_001", now));
    EXPECT_EQ(lane_->redrive("bu_001", now).error().reason, "dead_letter_not_found");
    EXPECT_EQ(lane_->discard("bu_002").error().reason, "dead_letter_not_found");
}

TEST_F(LaneTest, WhenStoppedNothingGoesAndWhatWasNotRecordedIsHandedOutAgain) {
    lane({.in_flight_max = 2});
    add(1, 5);
    const auto works = lane_->take(now);
    answer(works[0], taken);
    EXPECT_EQ(lane_->take_ended().size(), 1U);
    lane_->stop("the disk is full");
    answer(works[1], taken);
    EXPECT_EQ(lane_->take_ended().size(), 1U) << "what comes meanwhile is recorded all the same";
    EXPECT_TRUE(lane_->take(now).empty());
    EXPECT_EQ(lane_->wake(now), std::nullopt);
    lane_->resume();
    EXPECT_EQ(lane_->take_ended().size(), 2U);
    EXPECT_FALSE(lane_->take(now).empty());
}

TEST_F(LaneTest, ASinkThatWantsNoMoreStopsAndKeepsWhatItHas) {
    lane({});
    add(1, 1);
    answer(lane_->take(now).at(0),
           {.meaning = Meaning::disabled, .of = Reply::Of::sink, .status = 410, .message = "gone"});
    EXPECT_EQ(lane_->stopped(), "gone");
    EXPECT_EQ(lane_->find("bu_001")->delivery.stage, Stage::ready);
    EXPECT_EQ(lane_->find("bu_001")->delivery.attempts, 0U);
}

}  // namespace
}  // namespace lifeline::sinks
