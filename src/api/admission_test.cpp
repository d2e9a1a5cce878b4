#include "api/admission.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"

namespace lifeline::api {
namespace {

using contract::Role;

struct Asking {
    std::string metadata = R"({"a":1})";
    std::string account = "acct_1";
    bool named = true;
};

// An account with credit for so many calls.
struct House {
    House() {
        budgets.admit = [this](const std::string&, const std::string& id, Loop&,
                               journal::Done<void> done) {
            ++asked;
            if (credit == 0) return done(fail(Code::not_allowed, "credit_exhausted", "none"));
            --credit;
            held.push_back(id);
            loop.post([done = std::move(done)]() mutable { done({}); });
        };
        budgets.release = [this](const std::string&, const std::string& id) {
            std::erase(held, id);
            ++credit;
        };
    }
    void begin(const Asking& asking, std::string& outcome) {
        call::Create create;
        create.owner_id = "ada";
        create.account_id = asking.account;
        create.channel = "text";
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.metadata_json = asking.metadata;
        create.members = {{"ada", Role::user, ""}};
        make_call(sessions, budgets,
                  {.id = "sess_1",
                   .account_id = asking.account,
                   .command = {std::move(create), {"user", "ada"}, Role::user},
                   .named = asking.named},
                  loop, [&outcome](const Result<session::Receipt>& receipt) {
                      outcome = receipt ? "made" : receipt.error().reason;
                  });
    }
    std::string make(const Asking& asking = {}) {
        std::string outcome = "no answer";
        begin(asking, outcome);
        loop.run();
        return outcome;
    }

    VirtualLoop loop;
    journal::MemoryJournal journal{loop.clock()};
    session::Sessions sessions{{&loop}, journal};
    BudgetDesk budgets;
    int credit = 1;
    int asked = 0;
    std::vector<std::string> held;
};
const std::vector<std::string> the_call{"sess_1"};

TEST(Admission, ACallThatIsThereKeepsWhatItHoldsWhateverIsRefused) {
    House house;
    EXPECT_EQ(house.make(), "made");
    EXPECT_EQ(house.make({.metadata = R"({"a":2})"}), "id_conflict");
    EXPECT_EQ(house.held, the_call);
    EXPECT_EQ(house.make({.metadata = R"({"a":2})", .account = "acct_2"}), "id_conflict");
    EXPECT_EQ(house.held, the_call);
}

TEST(Admission, ARequestThatIsRepeatedIsTheSameCallAlsoWhenNothingIsLeft) {
    House house;
    EXPECT_EQ(house.make(), "made");
    EXPECT_EQ(house.credit, 0);
    EXPECT_EQ(house.make(), "made");
    EXPECT_EQ(house.asked, 1) << "it needs nothing more";
}

TEST(Admission, OfTwoAtOnceTheOneThatIsRefusedTakesNothingFromTheOther) {
    House house;
    house.credit = 2;
    std::string first;
    std::string second;
    house.begin({}, first);
    house.begin({.metadata = R"({"a":2})"}, second);
    house.loop.run();
    EXPECT_EQ(first, "made");
    EXPECT_EQ(second, "id_conflict");
    EXPECT_EQ(house.asked, 2) << "neither knew of the other";
    EXPECT_EQ(house.held.size(), 2U);
}

TEST(Admission, WhatIsNotMadeGivesBackWhatItReserved) {
    House house;
    EXPECT_EQ(house.make({.account = "acct_2"}), "made");
    house.credit = 1;
    EXPECT_EQ(house.make({.metadata = "{}", .named = false}), "id_conflict")
        << "the call of another account";
    EXPECT_EQ(house.credit, 1);
    house.credit = 0;
    EXPECT_EQ(house.make({.metadata = "{}", .named = false}), "credit_exhausted");
    EXPECT_EQ(house.credit, 0);
}

}  // namespace
}  // namespace lifeline::api
