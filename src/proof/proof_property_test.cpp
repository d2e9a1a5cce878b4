// Whatever is used, priced, closed, late and corrected, in whatever order: every statement of every
// account follows from what its proof has.
#include <algorithm>

#include "base/random.h"
#include "proof/test_book.h"

namespace lifeline::proof {
namespace {

constexpr std::uint64_t seeds = 6;
constexpr int steps = 90;

struct ProofProperty : BookTest {
    ProofProperty() { start(); }

    // Some hours of three months, the last of each among them.
    static std::vector<Window> some_hours() {
        std::vector<Window> hours;
        for (const char* hour : {"2026-01-10T08:00Z", "2026-01-20T09:00Z", "2026-01-31T23:00Z",
                                 "2026-02-01T00:00Z", "2026-02-14T12:00Z", "2026-02-28T23:00Z",
                                 "2026-03-05T07:00Z", "2026-03-06T07:00Z", "2026-03-31T23:00Z"})
            hours.push_back(*parse_window(hour));
        return hours;
    }
    std::string one_of(const std::vector<std::string>& words) {
        return words[chance_->below(words.size())];
    }
    void step(const std::vector<Window>& hours, std::size_t& now) {
        written_at_ = text_of(hours[now]).substr(0, 14) + "30:00.000Z";
        switch (chance_->below(12)) {
            case 0:
                if (now + 1 < hours.size()) close(hours[now++]);
                return;
            case 1:
            case 2:
                return write_due();
            case 3:
                return others(static_cast<int>(chance_->below(25)));
            case 4:
                if (chance_->below(2) == 0)
                    return adjust("ba_" + std::to_string(++adjusted_), "-12345",
                                  hours[chance_->below(now + 1)],
                                  chance_->below(2) == 0 ? "write_off" : "price_fix");
                return assign("special", hours[now], one_of({"acct_1", "acct_2"}));
            default:
                used(hours[chance_->below(3) == 0 ? chance_->below(now + 1) : now],
                     static_cast<std::int64_t>(1 + chance_->below(900'000)),
                     {.account = one_of({"acct_1", "acct_1", "acct_2"}),
                      .session = one_of({"sess_1", "sess_2"}),
                      .meter = one_of({"call.duration_ms", "transcript.chars", "stt.ms"}),
                      .corrected = chance_->below(4) == 0});
        }
    }
    void verify_all(std::uint64_t seed) {
        for (const std::string& of : {std::string("acct_1"), std::string("acct_2")})
            for (const char* name : {"2026-01", "2026-02", "2026-03"}) {
                SCOPED_TRACE(of + " " + name + ", seed " + std::to_string(seed));
                const auto plan = store_->proof(of, *parse_month(name));
                if (!plan) {
                    EXPECT_EQ(plan.error().reason, "card_not_found") << plan.error().detail;
                    continue;
                }
                EXPECT_EQ(problem(written(*plan)), "whole");
            }
    }

    std::optional<SeededRandom> chance_;
    int adjusted_ = 0;
};

TEST_F(ProofProperty, EveryStatementFollowsFromItsProof) {
    const auto hours = some_hours();
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        chance_.emplace(seed);
        if (seed > 1) begin_anew();
        activate(card_json("standard", 1, "2026-01-01T00:00Z", minutes_and_words));
        activate(card_json("special", 1, "2026-01-01T00:00Z", minutes_and_words));
        activate(card_json("standard", 2, "2026-02-14T12:00Z", minutes_and_words));
        std::size_t now = 0;
        for (int i = 0; i < steps; ++i) step(hours, now);
        verify_all(seed);
        while (now < hours.size()) close(hours[now++]);
        for (int i = 0; i < 3; ++i) write_due();
        verify_all(seed);
    }
}

}  // namespace
}  // namespace lifeline::proof
