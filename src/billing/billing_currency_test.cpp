#include "billing/test_house.h"

// An account is charged in one currency, whatever it is assigned before anything is charged.
namespace lifeline::billing {
namespace {

class Accounts : public House {
public:
    // 10:30, and hour 9 is closed.
    Accounts() { close(first_hour - 1h, 1); }

    std::string dollars(const std::string& name, const std::string& from) {
        return card(name, 1, from, minutes, "price", "USD");
    }
    std::string may_pay(const std::string& by, Window from, const std::string& account = "acct_1") {
        Status answer;
        view->with_cards<bool>(
            loop, [&](const Result<bool>& may) { answer = may ? Status() : fail(may.error()); },
            [=](BillingStore& store) -> Result<bool> {
                const auto may = store.judge(account, {by, from}, now);
                if (!may) return fail(may.error());
                return true;
            });
        loop.run();
        return answer ? std::string() : answer.error().reason;
    }
    void assign(const std::string& by, Window from) {
        append("acct_1", "billing.card.assigned",
               R"({"card":")" + by + R"(","effectiveFrom":")" + text_of(from) + R"("})");
    }
    std::string may_begin(const std::string& card_json) {
        std::string answer;
        view->with_cards<bool>(
            loop, [&](const Result<bool>& may) { answer = may ? "" : may.error().reason; },
            [=](BillingStore& store) -> Result<bool> {
                const auto may = store.judge(*pricing::parse_card(card_json), now);
                if (!may) return fail(may.error());
                return true;
            });
        loop.run();
        return answer;
    }

    static inline const WallTime now = WallTime(first_hour) + 30min;
};

TEST(BillingCurrency, HoursThatGoOnAreChargedInTheOneBefore) {
    Accounts at;
    at.activate(card("standard", 1, "2026-02-16T08:00Z", minutes));
    at.activate(at.dollars("overseas", "2026-02-16T08:00Z"));
    EXPECT_EQ(at.may_pay("overseas", first_hour), "") << "it begins with the hour that goes on";
    EXPECT_EQ(at.may_pay("overseas", first_hour + 1h), "currency_differs")
        << "what goes on now is charged by standard";
    at.used("acct_1", first_hour, 60'000);
    at.close(first_hour);
    EXPECT_EQ(at.may_pay("overseas", first_hour + 1h), "currency_differs")
        << "it is due, and not written yet";
    at.write_due();
    EXPECT_EQ(at.may_pay("overseas", first_hour + 1h), "currency_differs");
    EXPECT_EQ(at.may_pay("overseas", first_hour + 1h, "acct_2"), "") << "it used nothing";
}

TEST(BillingCurrency, UsageOfAnHourThatWasChargedForNothingMayComeLate) {
    Accounts at;
    at.activate(card("standard", 1, "2026-02-16T08:00Z", minutes));
    at.activate(at.dollars("overseas", "2026-02-16T08:00Z"));
    at.used("acct_1", first_hour, 1, false, "tts.chars");
    at.close(first_hour);
    EXPECT_EQ(at.may_pay("overseas", first_hour + 1h), "currency_differs");
}

TEST(BillingCurrency, WhatIsAssignedForLaterCounts) {
    Accounts at;
    at.activate(card("special", 1, "2026-02-16T08:00Z", minutes));
    at.activate(at.dollars("overseas", "2026-02-16T08:00Z"));
    at.assign("special", first_hour + 5h);
    EXPECT_EQ(at.may_pay("overseas", first_hour + 6h), "currency_differs");
    EXPECT_EQ(at.may_pay("overseas", first_hour + 4h), "") << "it takes its place";
    EXPECT_EQ(at.may_pay("special", first_hour + 6h), "");
}

TEST(BillingCurrency, TheStandardCardIsNotPutInFrontOfAnother) {
    Accounts at;
    at.activate(at.dollars("overseas", "2026-02-16T08:00Z"));
    at.assign("overseas", first_hour + 5h);
    const auto begins = [&](const std::string& from) {
        return at.may_begin(card("standard", 1, from, minutes));
    };
    EXPECT_EQ(begins("2026-02-16T10:00Z"), "currency_differs");
    EXPECT_EQ(begins("2026-02-16T15:00Z"), "");
    EXPECT_EQ(at.may_begin(at.dollars("standard", "2026-02-16T10:00Z")), "");
}

TEST(BillingCurrency, WhoPaidAheadPaysInThat) {
    Accounts at;
    at.append("acct_1", "billing.credit.granted",
              R"({"creditId":"cr_1","amount":"1000","currency":"USD","by":"usr_1",)"
              R"("reason":"paid"})");
    EXPECT_EQ(at.may_begin(card("standard", 1, "2026-02-16T10:00Z", minutes)), "currency_differs");
    EXPECT_EQ(at.may_begin(at.dollars("standard", "2026-02-16T10:00Z")), "");
    at.activate(card("special", 1, "2026-02-16T08:00Z", minutes));
    at.activate(at.dollars("overseas", "2026-02-16T08:00Z"));
    EXPECT_EQ(at.may_pay("special", first_hour + 1h), "currency_differs");
    EXPECT_EQ(at.may_pay("overseas", first_hour + 1h), "");
    at.assign("overseas", first_hour - 2h);
    EXPECT_EQ(at.may_begin(card("standard", 1, "2026-02-16T10:00Z", minutes)), "")
        << "it has a card of its own";
}

}  // namespace
}  // namespace lifeline::billing
