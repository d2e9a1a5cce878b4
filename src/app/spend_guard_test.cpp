#include "app/spend_guard.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "base/test_folder.h"
#include "base/virtual_loop.h"
#include "contract/json.h"
#include "journal/memory_journal.h"

namespace lifeline::app {
namespace {

const std::string account = "acct_1";

// A journal of which some cannot be read.
class Damaged final : public journal::Journal {
public:
    explicit Damaged(journal::Journal& whole) : whole_(whole) {}

    void open(std::string stream, Loop& home,
              journal::Done<std::unique_ptr<journal::Stream>> done) override {
        whole_.open(std::move(stream), home, std::move(done));
    }
    void read(std::string stream, std::uint64_t after, journal::ReadLimit limit, Loop& home,
              journal::Done<std::vector<journal::StoredEvent>> done) override {
        if (stream != unreadable)
            return whole_.read(std::move(stream), after, limit, home, std::move(done));
        home.post([done = std::move(done)]() mutable {
            done(fail(Code::corrupt, "journal_corrupt", "x"));
        });
    }
    void read_all(std::uint64_t after, journal::ReadLimit limit, Loop& home,
                  journal::Done<std::vector<journal::JournalEvent>> done) override {
        whole_.read_all(after, limit, home, std::move(done));
    }
    void list_streams(std::string prefix, std::string after, std::size_t limit, Loop& home,
                      journal::Done<std::vector<journal::StreamHead>> done) override {
        if (!unlisted)
            return whole_.list_streams(std::move(prefix), std::move(after), limit, home,
                                       std::move(done));
        home.post([done = std::move(done)]() mutable {
            done(fail(Code::unavailable, "storage_unavailable", "x"));
        });
    }
    std::string epoch() const override { return whole_.epoch(); }
    std::uint64_t head_position() const override { return whole_.head_position(); }

    std::string unreadable;
    bool unlisted = false;

private:
    journal::Journal& whole_;
};

class House {
public:
    House() {
        for (const char* const one : {"acct_1", "acct_2"})
            EXPECT_TRUE(
                directory.apply("identity.account.created",
                                std::string(R"({"accountId":")") + one + R"(","name":"One"})"));
        metering.start((folder / "metering.db").string(), [](const Status&) {});
        billing.start((folder / "billing.db").string(), [](const Status&) {});
        begin();
    }
    ~House() { guard.reset(); }
    // As another process would.
    void begin() {
        guard.emplace(SpendGuard::Parts{.home = loop,
                                        .journal = damaged,
                                        .sessions = sessions,
                                        .metering = metering,
                                        .billing = billing,
                                        .writer = writer,
                                        .directory = directory,
                                        .knows = [](const std::string&) { return true; }});
        guard->start();
        loop.run();
    }
    // While it is full, nothing can be written.
    void disk(bool full) {
        journal.refuse_appends(full ? std::optional(Error{Code::unavailable, "storage_full", "x"})
                                    : std::nullopt);
    }
    std::string grant(const std::string& id, std::int64_t amount = 1'000,
                      const std::string& of = account) {
        std::string outcome;
        guard->grant({.account_id = of,
                      .credit_id = id,
                      .amount = amount,
                      .currency = "EUR",
                      .by = "usr_1",
                      .reason = "paid"},
                     loop, [&](const auto& done) { outcome = done ? "ok" : done.error().reason; });
        loop.run();
        return outcome;
    }
    std::string change() {
        std::string outcome;
        guard->change({.account_id = account, .budget = {.id = "all", .limit = 5}, .by = "usr_1"},
                      loop, [&](const auto& done) { outcome = done ? "ok" : done.error().reason; });
        loop.run();
        return outcome;
    }
    void charge(const std::string& id, Window hour) {
        writer.write({.stream = account,
                      .name = "charge:" + id,
                      .type = "billing.usage.recorded",
                      .payload = R"({"accountId":"acct_1","amount":"7","card":"standard",)"
                                 R"("cardSha256":")" +
                                 std::string(64, 'a') +
                                 R"(","cardVersion":1,"currency":"EUR","idempotencyKey":")" + id +
                                 R"(","item":"minutes","meter":"call.duration_ms","quantity":"5",)"
                                 R"("recordCount":1,"recordsHash":")" +
                                 std::string(64, 'b') + R"(","unit":"ms","window":")" +
                                 text_of(hour) + "\"}",
                      .done = [](const Status& done) { EXPECT_TRUE(done); }});
        loop.run();
    }
    Window hour() { return window_of(loop.clock().wall()); }
    std::string admit(const std::string& call, const std::string& of = account) {
        const auto outcome = std::make_shared<std::string>("no answer yet");
        guard->admit(of, call, loop,
                     [outcome](const Status& may) { *outcome = may ? "ok" : may.error().reason; });
        loop.run();
        return *outcome;
    }
    std::string balance(std::string_view key) {
        std::string found;
        guard->balance(account, loop, [&](const Result<std::string>& json) {
            found = contract::Json::parse(*json)->text(key).value_or("none");
        });
        loop.run();
        return found;
    }
    void later(Millis time) { loop.run_for(time); }
    std::string budgets() {
        std::string found;
        guard->list(account, loop, [&](const Result<std::string>& json) { found = *json; });
        loop.run();
        return found;
    }

private:
    TestFolder folder;
    VirtualLoop loop;
    journal::MemoryJournal journal{loop.clock()};

public:
    Damaged damaged{journal};

private:
    session::Sessions sessions{{&loop}, journal};
    metering::Metering metering{loop, loop, journal};
    billing::Billing billing{loop, loop, journal};
    StreamWriter writer{loop, journal, [this] {
                            metering.poke();
                            billing.poke();
                        }};
    identity::Directory directory;
    std::optional<SpendGuard> guard;
};

TEST(SpendGuard, CreditThatCouldNotBeWrittenIsNotThere) {
    House house;
    house.disk(true);
    EXPECT_EQ(house.grant("cr_1"), "storage_full");
    EXPECT_EQ(house.balance("available"), "none");
    house.disk(false);
    EXPECT_EQ(house.grant("cr_2"), "ok") << "the same money, asked for again";
    EXPECT_EQ(house.balance("available"), "1000");
}

TEST(SpendGuard, WhatNoCreditPaidIsOwedAlsoAfterARestart) {
    House house;
    house.charge("bu_1", house.hour() - std::chrono::hours(1));
    EXPECT_EQ(house.balance("unpaid"), "none") << "there is no credit";
    EXPECT_EQ(house.grant("cr_1"), "ok");
    EXPECT_EQ(house.balance("unpaid"), "0") << "it came before";
    house.charge("bu_2", house.hour());
    EXPECT_EQ(house.balance("unpaid"), "7");
    house.begin();
    EXPECT_EQ(house.balance("unpaid"), "7");
}

TEST(SpendGuard, ABudgetThatCouldNotBeWrittenHoldsNobody) {
    House house;
    house.disk(true);
    EXPECT_EQ(house.change(), "storage_full");
    EXPECT_EQ(house.budgets(), R"({"budgets":[]})");
    house.disk(false);
    EXPECT_EQ(house.change(), "ok");
    EXPECT_NE(house.budgets(), R"({"budgets":[]})");
}

TEST(SpendGuard, AnAccountThatCannotBeReadKeepsNobodyElseOut) {
    House house;
    EXPECT_EQ(house.grant("cr_1"), "ok");
    EXPECT_EQ(house.grant("cr_2", 1'000, "acct_2"), "ok");
    house.damaged.unreadable = "acct_2";
    house.begin();
    EXPECT_EQ(house.admit("sess_1"), "ok");
    EXPECT_EQ(house.admit("sess_2", "acct_2"), "journal_corrupt");
    house.later(std::chrono::seconds(6));
    EXPECT_EQ(house.admit("sess_3"), "ok");
    house.damaged.unreadable.clear();
    house.later(std::chrono::seconds(6));
    EXPECT_EQ(house.admit("sess_4", "acct_2"), "ok");
}

TEST(SpendGuard, AccountsThatCannotBeListedAreListedLater) {
    House house;
    EXPECT_EQ(house.grant("cr_1"), "ok");
    house.damaged.unlisted = true;
    house.begin();
    EXPECT_EQ(house.admit("sess_1"), "no answer yet") << "nobody knows who may";
    house.damaged.unlisted = false;
    house.later(std::chrono::seconds(6));
    EXPECT_EQ(house.admit("sess_2"), "ok");
    EXPECT_NE(house.balance("held"), "0");
}

TEST(SpendGuard, CreditIsGrantedOnceUnderAnId) {
    House house;
    EXPECT_EQ(house.grant("cr_1", 1'000), "ok");
    EXPECT_EQ(house.grant("cr_1", 1'000), "ok");
    EXPECT_EQ(house.grant("cr_1", 2'000), "id_conflict");
    EXPECT_EQ(house.balance("available"), "1000");
}

TEST(SpendGuard, WhatCouldNotBeReservedIsReservedAnewAndStandsInTheStream) {
    House house;
    EXPECT_EQ(house.grant("cr_1"), "ok");
    house.disk(true);
    EXPECT_EQ(house.admit("sess_1"), "storage_full");
    EXPECT_EQ(house.balance("held"), "0");
    house.disk(false);
    EXPECT_EQ(house.admit("sess_1"), "ok");
    const std::string held = house.balance("held");
    EXPECT_NE(held, "0");
    house.begin();
    EXPECT_EQ(house.balance("held"), held) << "a server that begins anew knows the same";
}

}  // namespace
}  // namespace lifeline::app
