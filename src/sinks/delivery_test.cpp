#include "sinks/delivery.h"

#include <gtest/gtest.h>

#include <string>

#include "sinks/circuit.h"
#include "sinks/test_charge.h"
#include "sinks/totals.h"

namespace lifeline::sinks {
namespace {

using Stage = Delivery::Stage;
using Do = Next::Do;
using Meaning = Reply::Meaning;
using What = Found::What;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Charge charge = usage_charge();
const WallTime now = charge.recorded;
const RetryOptions retry;
const Capability stripe{.dedupe_window = hours(24),
                        .oldest = days(35),
                        .newest = minutes(5),
                        .read_back = ReadBack::aggregate,
                        .settles = minutes(15)};
const Capability blind{.dedupe_window = hours(24)};
const Capability for_ever{};

Do what(const Delivery& delivery, const Capability& sink, WallTime when) {
    return next(delivery, charge, sink, retry, when).what;
}

// Sent at `now`, and this came of it.
Delivery after(Meaning meaning, unsigned status = 0, const Capability& sink = stripe) {
    SeededRandom random(1);
    Delivery delivery = fresh(now);
    sending(delivery, sink, now);
    answered(delivery, {.meaning = meaning, .status = status, .message = "why"}, retry, true, now,
             random);
    return delivery;
}

TEST(Delivery, WhatAnAnswerMakesOfIt) {
    struct Case {
        const char* name;
        Meaning meaning;
        unsigned status;
        Stage stage;
        bool may_be_there;
        unsigned attempts;
    };
    const Case cases[] = {
        {"taken", Meaning::delivered, 200, Stage::delivered, false, 0},
        {"had it", Meaning::duplicate, 400, Stage::duplicate, false, 0},
        {"not now", Meaning::transient, 429, Stage::ready, false, 1},
        {"no answer", Meaning::unknown, 0, Stage::ready, true, 1},
        {"never", Meaning::permanent, 400, Stage::parked, false, 0},
        {"another content", Meaning::conflict, 400, Stage::parked, false, 0},
    };
    for (const auto& [name, meaning, status, stage, may_be_there, attempts] : cases) {
        SCOPED_TRACE(name);
        const Delivery delivery = after(meaning, status);
        EXPECT_EQ(delivery.stage, stage);
        EXPECT_EQ(delivery.maybe_since.has_value(), may_be_there);
        EXPECT_EQ(delivery.attempts, attempts);
        EXPECT_EQ(delivery.sends, 1U);
    }
    EXPECT_EQ(after(Meaning::conflict).because, Because::conflict);
}

TEST(Delivery, WhatToDoNext) {
    const Delivery lost = after(Meaning::unknown);
    Delivery lost_blind = after(Meaning::unknown, 0, blind);
    Delivery vouched = lost_blind;
    park(vouched, Because::unknown, "");
    redrive(vouched, now + days(2));
    struct Case {
        const char* name;
        Delivery given;
        const Capability& sink;
        Millis later;
        Do then;
    };
    const Case cases[] = {
        {"a new one goes", fresh(now), stripe, Millis(0), Do::send},
        {"one that failed waits", after(Meaning::transient), stripe, Millis(0), Do::wait},
        {"and goes", after(Meaning::transient), stripe, minutes(1), Do::send},
        {"what may be there goes again while its id is known", lost, stripe, hours(22), Do::send},
        {"an hour before that ends it does not", lost, stripe, hours(23), Do::ask},
        {"what is certainly not there goes then too", after(Meaning::transient), stripe, hours(30),
         Do::send},
        {"where nothing can be asked a person decides", lost_blind, blind, hours(23), Do::park},
        {"and where ids are kept for ever nobody has to", lost_blind, for_ever, days(900),
         Do::send},
        {"a person has decided", vouched, blind, days(2), Do::send},
        {"too old", fresh(now), stripe, days(36), Do::park},
        {"too old, and it may be there: first that is asked", lost, stripe, days(36), Do::ask},
        {"another process may have sent it", reopened(charge, now + hours(1)), stripe, hours(1),
         Do::send},
        {"may have, and long ago", reopened(charge, now + hours(30)), stripe, hours(31), Do::ask},
        {"it may be seen only when it has settled", reopened(charge, now + hours(30)), stripe,
         hours(30) + minutes(14), Do::wait},
        {"may have, and nothing can be asked", reopened(charge, now + hours(30)), blind, hours(30),
         Do::park},
        {"of a redriven one only what came after",
         reopened_redriven(charge, blind, now + hours(29), now + hours(30)), blind, hours(30),
         Do::send},
        {"where it can be asked it is, redriven or not",
         reopened_redriven(charge, stripe, now + hours(29), now + hours(30)), stripe, hours(31),
         Do::ask},
        {"a dead letter waits for a person", parked(charge, Because::unknown, 3, "why"), stripe,
         days(9), Do::nothing},
    };
    for (const auto& [name, given, sink, later, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(what(given, sink, now + later), then);
    }
    EXPECT_NE(next(fresh(now), charge, stripe, retry, now + days(36)).message.find("35 days"),
              std::string::npos);
    EXPECT_EQ(next(fresh(now), charge, stripe, retry, now + days(36)).because, Because::permanent);
    EXPECT_EQ(next(lost_blind, charge, blind, retry, now + days(2)).because, Because::unknown);
}

TEST(Delivery, AHourThatTheSinkWouldCallTheFutureIsWaitedFor) {
    Charge early = charge;
    early.time = now + hours(2);
    const Next then = next(fresh(now), early, stripe, retry, now);
    EXPECT_EQ(then.what, Do::wait);
    EXPECT_EQ(then.until, early.time - minutes(5));
}

TEST(Delivery, WhatAQuestionMakesOfIt) {
    const auto told_of = [](Found found, Delivery delivery) {
        SeededRandom random(1);
        asking(delivery);
        told(delivery, found, retry, now + days(1), random);
        return delivery;
    };
    const Delivery lost = after(Meaning::unknown);
    EXPECT_EQ(told_of({.what = What::present}, lost).stage, Stage::duplicate);
    const Delivery absent = told_of({.what = What::absent}, lost);
    EXPECT_EQ(what(absent, stripe, now + days(1)), Do::send);
    EXPECT_FALSE(absent.maybe_since);
    const Delivery unclear = told_of({.what = What::unclear, .message = "sums"}, lost);
    EXPECT_EQ(unclear.stage, Stage::parked);
    EXPECT_EQ(unclear.because, Because::unknown);
    // A person looked; the sink itself cannot say.
    Delivery vouched = unclear;
    redrive(vouched, now + days(2));
    EXPECT_EQ(what(vouched, stripe, now + days(2)), Do::ask);
    EXPECT_EQ(what(told_of({.what = What::unclear}, vouched), stripe, now + days(2)), Do::send);
    // But it is believed where it can.
    EXPECT_EQ(told_of({.what = What::present}, vouched).stage, Stage::duplicate);

    SeededRandom random(1);
    Delivery silent = lost;
    for (unsigned i = 1; i <= retry.attempts_max; ++i) {
        ASSERT_EQ(silent.stage, Stage::ready);
        asking(silent);
        told(silent, {.what = What::failed, .message = "503"}, retry, now, random);
    }
    EXPECT_EQ(silent.stage, Stage::parked);
    EXPECT_EQ(silent.because, Because::unknown);
}

TEST(Delivery, AttemptsAreBoundedAndTheirPausesGrowToALimit) {
    SeededRandom random(3);
    Delivery delivery = fresh(now);
    WallTime when = now;
    Millis longest(0);
    unsigned sends = 0;
    while (delivery.stage == Stage::ready) {
        sending(delivery, stripe, when);
        ++sends;
        answered(delivery, {.meaning = Meaning::transient, .message = "busy"}, retry, true, when,
                 random);
        longest = std::max(longest, delivery.due - when);
        EXPECT_LE(delivery.due - when, retry.most);
        when = std::max(when, delivery.due);
    }
    EXPECT_EQ(sends, 12U);
    EXPECT_EQ(delivery.stage, Stage::parked);
    EXPECT_EQ(delivery.because, Because::exhausted);
    EXPECT_EQ(delivery.message, "12 attempts; the last: busy");
    EXPECT_GT(longest, hours(1));
    // It was sent twelve times, and its next twelve are new ones.
    redrive(delivery, when);
    EXPECT_EQ(delivery.attempts, 0U);
    EXPECT_EQ(delivery.sends, 12U);
}

TEST(Delivery, RetryAfterIsObeyedUpToADay) {
    SeededRandom random(1);
    for (const auto& [told, waits] : {std::pair(Millis(hours(7)), Millis(hours(7))),
                                      std::pair(Millis(days(90)), Millis(days(1)))}) {
        Delivery delivery = fresh(now);
        sending(delivery, stripe, now);
        answered(delivery, {.meaning = Meaning::transient, .retry_after = told}, retry, true, now,
                 random);
        EXPECT_EQ(delivery.due - now, waits);
    }
}

TEST(Totals, ASumIsAnAnswerOnlyWhereEveryWayToItAgrees) {
    struct Case {
        const char* name;
        std::int64_t sum, known, quantity;
        std::vector<std::int64_t> others;
        What what;
    };
    const Case cases[] = {
        {"all that is known", 100, 100, 7, {}, What::absent},
        {"and this one", 107, 100, 7, {}, What::present},
        {"neither", 103, 100, 7, {}, What::unclear},
        {"another one is there instead", 105, 100, 7, {5}, What::absent},
        {"both", 112, 100, 7, {5}, What::present},
        {"one of two that are alike", 107, 100, 7, {7}, What::unclear},
        {"both of two that are alike", 114, 100, 7, {7}, What::present},
        {"a correction that takes it back", 100, 100, 7, {-7}, What::unclear},
        {"nothing, which is the same twice", 100, 100, 0, {}, What::absent},
        {"more than anybody untangles", 100, 100, 7, std::vector<std::int64_t>(13, 1),
         What::unclear},
    };
    for (const auto& [name, sum, known, quantity, others, what] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(judge_sum({.what = What::sum, .sum = sum}, known, quantity, others).what, what);
    }
}

TEST(Circuit, LetsOneThroughAfterEverLongerPausesAndHealsByItself) {
    SeededRandom random(1);
    Circuit circuit({.failures = 3});
    using Way = Circuit::Way;
    WallTime when = now;
    for (int i = 0; i < 2; ++i) circuit.failed("down", when, random);
    circuit.succeeded();
    for (int i = 0; i < 2; ++i) circuit.failed("down", when, random);
    EXPECT_EQ(circuit.way(when), Way::open);
    circuit.failed("down", when, random);
    Millis last(0);
    for (int i = 0; i < 12; ++i) {
        ASSERT_EQ(circuit.way(when), Way::closed);
        const Millis pause = *circuit.until() - when;
        if (i < 6) EXPECT_GE(pause * 2, last);
        EXPECT_LE(pause, Millis(minutes(15)));
        last = pause;
        when = *circuit.until();
        ASSERT_EQ(circuit.way(when), Way::one);
        circuit.trying();
        EXPECT_EQ(circuit.way(when), Way::closed) << "one, not two";
        circuit.failed("down", when, random);
    }
    circuit.succeeded();
    EXPECT_EQ(circuit.way(when), Way::open);
}

}  // namespace
}  // namespace lifeline::sinks
