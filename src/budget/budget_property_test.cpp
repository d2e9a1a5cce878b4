#include <set>

#include "base/random.h"
#include "budget/test_account.h"
#include "pricing/rate.h"

namespace lifeline::budget {
namespace {

constexpr std::uint64_t seeds = 300;
constexpr int steps = 60;

class History {
public:
    explicit History(std::uint64_t seed) : random_(seed) {}

    void run() {
        at_.grant("cr_0", below(3'000) + 1);
        for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) step(i);
        for (auto& [id, call] : at_.calls) at_.end(id);
        at_.judge();
        at_.now += hold_lives + Millis(1);
        at_.judge();
        check();
        EXPECT_EQ(at_.account.credit().held(), 0) << "everything is resolved";
        holds_end_once();
    }

private:
    std::int64_t below(std::int64_t most) {
        std::uint64_t number = 0;
        random_.fill({reinterpret_cast<std::uint8_t*>(&number), sizeof number});
        return static_cast<std::int64_t>(number % static_cast<std::uint64_t>(most));
    }
    std::string some() { return "sess_" + std::to_string(below(5)); }

    void step(int i) {
        switch (below(11)) {
            case 10:
                if (const std::string id = some(); at_.calls[id].over)
                    at_.late(id, Millis(below(9'000)));
                break;
            case 0:
                if (const std::string id = some(); !at_.calls[id].over) at_.admit(id);
                break;
            case 1:
                if (at_.calls.contains(some())) at_.crash(static_cast<std::size_t>(below(3)));
                break;
            case 2:
                at_.now += Millis(below(200'000) - 60'000);  // The wall clock jumps.
                break;
            case 3:
                at_.grant(
                    "cr_" + std::to_string(i + 1), below(800) + 1,
                    below(2) == 0 ? std::optional(at_.now + Millis(below(90'000))) : std::nullopt);
                break;
            case 4:
                at_.end(some());
                break;
            case 5:
                at_.card = pricing::card_of(pricing::card_json(
                    1, "2026-01-01T00:00Z",
                    R"("per":"60000","included":"5000","tiers":[{"upTo":"90000","unitNano":")" +
                        std::to_string(below(900)) + R"("},{"unitNano":")" +
                        std::to_string(below(900)) + R"("}])"));
                break;
            default:
                if (const std::string id = some(); !at_.calls[id].over)
                    at_.use(id, Millis(below(25'000)));
                at_.now += Millis(below(20'000));
        }
        at_.judge();
        check();
    }

    // Nothing is lost, and nothing is spent that is not there.
    void check() {
        const Credit& credit = at_.account.credit();
        ASSERT_GE(credit.available(at_.now), 0);
        ASSERT_GE(credit.lapsed(at_.now), 0);
        ASSERT_EQ(
            credit.available(at_.now) + credit.lapsed(at_.now) + credit.held() + credit.used(),
            credit.granted());
        Int128 posted = 0;
        namespace f = contract::field::billing_hold_changed;
        for (const auto& one : at_.written)
            if (one.event.type() == contract::EventType::billing_hold_changed &&
                one.event.text(f::state) == "posted")
                posted += *pricing::parse_int128(one.event.text(f::amount));
        ASSERT_EQ(posted, credit.used()) << "what is used is what was posted";
        // Whoever reads the stream knows the same.
        Account again;
        for (const auto& one : at_.written) again.take(one.event, one.at);
        ASSERT_EQ(again.credit().held(), credit.held());
        ASSERT_EQ(again.credit().used(), credit.used());
        ASSERT_EQ(again.credit().available(at_.now), credit.available(at_.now));
    }

    void holds_end_once() {
        namespace f = contract::field::billing_hold_changed;
        std::set<std::string> begun;
        std::set<std::string> ended;
        for (const auto& one : at_.written) {
            if (one.event.type() != contract::EventType::billing_hold_changed) continue;
            const std::string id(one.event.text(f::hold_id));
            const auto state = one.event.text(f::state);
            if (state == "reserved")
                EXPECT_TRUE(begun.insert(id).second) << id;
            else if (state != "extended")
                EXPECT_TRUE(ended.insert(id).second) << id << " ended twice";
        }
        EXPECT_EQ(begun, ended);
    }

    SeededRandom random_;
    TestAccount at_;
};

TEST(BudgetProperties, CreditIsNeverBelowZeroAndEveryHoldEndsOnce) {
    for (std::uint64_t seed = 0; seed < seeds && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        History(seed).run();
    }
}

// Whatever the order in which calls use it, and however prices are graduated: together they pay
// what the sum costs, and after a crash a minute more for each at most.
TEST(BudgetProperties, PostedIsWhatWasUsed) {
    for (std::uint64_t seed = 0; seed < seeds && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        SeededRandom random(seed);
        TestAccount at(R"("per":"60000","included":"7000","tiers":[{"upTo":"100000",)"
                       R"("unitNano":"777"},{"unitNano":"59"}])");
        at.grant("cr_1", 1'000'000);
        const auto below = [&](std::uint64_t most) {
            std::uint64_t number = 0;
            random.fill({reinterpret_cast<std::uint8_t*>(&number), sizeof number});
            return number % most;
        };
        int crashes = 0;
        for (int i = 0; i < 40; ++i) {
            if (seed % 2 == 1 && below(15) == 0) {
                at.crash();
                ++crashes;
            }
            const std::string id = "sess_" + std::to_string(below(4));
            if (!at.calls.contains(id)) ASSERT_TRUE(at.admit(id));
            const Millis time(below(20'000));
            if (at.calls[id].over) {
                at.late(id, time);
            } else {
                at.use(id, time);
            }
            if (below(12) == 0) at.end(id);
            at.now += Millis(below(1'500));
            at.judge();
        }
        for (auto& [id, call] : at.calls) at.end(id);
        at.judge();
        std::int64_t millis = 0;
        for (const auto& [hour, part] : at.past) millis += part;
        const Int128 costs = pricing::amount_of(at.card.items[0], millis).value();
        EXPECT_LE(at.account.credit().used(), costs + crashes * 4 * 777);
        if (crashes == 0) EXPECT_EQ(at.account.credit().used(), costs);
    }
}

}  // namespace
}  // namespace lifeline::budget
