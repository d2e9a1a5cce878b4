#include "outbox/outbox.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "journal/test_view_house.h"

namespace lifeline::outbox {
namespace {

const std::string hour = "2026-02-16T10:00Z";

class House : public journal::ViewHouse<Outbox> {
public:
    // At the second of their number.
    void append(const std::string& stream, const std::string& type, const std::string& payload) {
        expect_valid(stream, type, payload);
        ViewHouse::append(stream, type, payload,
                          fmt::format("2026-02-20T10:00:{:02}.000Z", made + 1));
    }
    void charge(const std::string& id, const std::string& quantity = "5",
                const std::string& window = hour, const std::string& account = "acct_one") {
        append(
            account, "billing.usage.recorded",
            fmt::format(R"({{"accountId":"{}","amount":"7","card":"standard","cardSha256":"{}",)"
                        R"("cardVersion":1,"currency":"EUR","idempotencyKey":"{}",)"
                        R"("item":"minutes","meter":"call.duration_ms","quantity":"{}",)"
                        R"("recordCount":1,"recordsHash":"{}","unit":"ms","window":"{}"}})",
                        account, std::string(64, 'a'), id, quantity, std::string(64, 'b'), window));
    }
    void adjust(const std::string& id, const std::string& corrects, const std::string& delta) {
        append("acct_one", "billing.adjustment.created",
               fmt::format(R"({{"adjustmentId":"{}","amountDelta":"1","cause":"late",)"
                           R"("corrects":"{}","currency":"EUR","item":"minutes","kind":"late",)"
                           R"("meter":"call.duration_ms","quantityDelta":"{}",)"
                           R"("serviceWindow":"{}"}})",
                           id, corrects, delta, hour));
    }
    void completed(const std::string& sink, const std::string& id) {
        append("acct_one", "billing.delivery.completed",
               fmt::format(R"({{"sink":"{}","chargeId":"{}","outcome":"delivered","attempts":2}})",
                           sink, id));
    }
    void parked(const std::string& sink, const std::string& id,
                const std::string& because = "permanent") {
        append("acct_one", "billing.delivery.parked",
               fmt::format(R"({{"sink":"{}","chargeId":"{}","because":"{}","attempts":1,)"
                           R"("status":400,"message":"no such customer"}})",
                           sink, id, because));
    }
    void said(const std::string& what, const std::string& sink, const std::string& id) {
        append(
            "acct_one", "billing.delivery." + what,
            fmt::format(R"({{"sink":"{}","chargeId":"{}","by":"usr_op","reason":"x"}})", sink, id));
    }
    // "bu_1 bu_2"
    std::string open_at(const std::string& sink, std::uint64_t after = 0,
                        std::optional<Window> from = {}) {
        std::string ids;
        for (const Open& one : ask<std::vector<Open>>([&](OutboxStore& store) {
                 return store.open({.sink = sink, .from = from, .after = after});
             }))
            ids += (ids.empty() ? "" : " ") + one.charge.id;
        return ids;
    }
    std::string letters(const DeadLetterQuery& query = {}) {
        std::string ids;
        for (const DeadLetter& one : ask<std::vector<DeadLetter>>(
                 [&](OutboxStore& store) { return store.dead_letters(query); }))
            ids += (ids.empty() ? "" : " ") + one.sink + "/" + one.charge.id;
        return ids;
    }
    // waiting, delivered, parked, discarded
    std::string counts(const std::string& sink, std::optional<Window> from = {}) {
        const auto c = ask<Counts>([&](OutboxStore& store) { return store.counts(sink, from); });
        return fmt::format("{} {} {} {}", c.waiting, c.delivered, c.parked, c.discarded);
    }
};

TEST(Outbox, ASinkHasOpenWhatNothingWasWrittenOf) {
    House at;
    at.charge("bu_1");
    at.charge("bu_2", "6", "2026-02-16T11:00Z");
    at.adjust("ba_1", "bu_1", "-2");
    EXPECT_EQ(at.open_at("stripe"), "bu_1 bu_2 ba_1");
    EXPECT_EQ(at.open_at("stripe", 0, parse_window("2026-02-16T11:00Z")), "bu_2");
    at.completed("stripe", "bu_1");
    at.parked("stripe", "bu_2");
    EXPECT_EQ(at.open_at("stripe"), "ba_1");
    EXPECT_EQ(at.open_at("ledger"), "bu_1 bu_2 ba_1") << "another sink has all of it open";
    EXPECT_EQ(at.open_at("ledger", 1), "bu_2 ba_1");
    EXPECT_EQ(at.counts("stripe"), "1 1 1 0");
    EXPECT_EQ(at.counts("ledger"), "3 0 0 0");
    EXPECT_EQ(at.counts("ledger", parse_window("2026-02-16T11:00Z")), "1 0 0 0");
    EXPECT_EQ(at.ask<Counts>([](OutboxStore& store) { return store.counts("stripe", {}); }).oldest,
              "2026-02-20T10:00:03.000Z");
}

TEST(Outbox, APersonSpeaksOnlyOfDeadLetters) {
    House at;
    at.charge("bu_1");
    at.charge("bu_2");
    at.said("redriven", "stripe", "bu_1");
    at.said("discarded", "stripe", "bu_1");
    EXPECT_EQ(at.open_at("stripe"), "bu_1 bu_2") << "it waits for nobody";
    at.parked("stripe", "bu_1");
    at.parked("stripe", "bu_2", "unknown");
    EXPECT_EQ(at.letters(), "stripe/bu_1 stripe/bu_2");
    at.said("redriven", "stripe", "bu_1");
    EXPECT_EQ(at.letters(), "stripe/bu_2");
    const auto open = at.ask<std::vector<Open>>(
        [](OutboxStore& store) { return store.open({.sink = "stripe"}); });
    ASSERT_EQ(open.size(), 1u);
    EXPECT_EQ(open[0].redriven_at, "2026-02-20T10:00:07.000Z");
    at.parked("stripe", "bu_1", "exhausted");
    EXPECT_EQ(at.letters(), "stripe/bu_2 stripe/bu_1") << "in the order of their parking";
    at.said("discarded", "stripe", "bu_2");
    at.said("redriven", "stripe", "bu_2");
    at.completed("stripe", "bu_2");
    EXPECT_EQ(at.counts("stripe"), "0 0 1 1") << "what was given up stays so";
    at.completed("stripe", "bu_none");
    EXPECT_EQ(at.counts("stripe"), "0 0 1 1") << "of no charge that there is";
}

TEST(Outbox, DeadLettersAreFoundByWhatTheyAre) {
    House at;
    for (const std::string id : {"bu_1", "bu_2", "bu_3"}) at.charge(id);
    at.parked("stripe", "bu_1");
    at.parked("ledger", "bu_1", "conflict");
    at.parked("stripe", "bu_2", "unknown");
    EXPECT_EQ(at.letters({.sink = "stripe"}), "stripe/bu_1 stripe/bu_2");
    EXPECT_EQ(at.letters({.because = "conflict"}), "ledger/bu_1");
    EXPECT_EQ(at.letters({.account_id = "acct_two"}), "");
    EXPECT_EQ(at.letters({.limit = 1}), "stripe/bu_1");
    EXPECT_EQ(at.letters({.after = 4}), "ledger/bu_1 stripe/bu_2");
    const auto letter = at.ask<std::optional<DeadLetter>>(
        [](OutboxStore& store) { return store.dead_letter(dead_letter_id("ledger", "bu_1")); });
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->message, "no such customer");
    EXPECT_EQ(letter->status, 400u);
    EXPECT_TRUE(letter->charge.payload_json.contains("\"bu_1\""));
    EXPECT_NE(dead_letter_id("a", "bu"), dead_letter_id("ab", "u"));
}

TEST(Outbox, CountsWhatASinkHasOfAnHour) {
    House at;
    at.charge("bu_1", "10");
    at.adjust("ba_1", "bu_1", "-3");
    at.adjust("ba_2", "bu_1", "9");
    at.completed("stripe", "bu_1");
    at.completed("stripe", "ba_1");
    at.completed("stripe", "ba_1");
    at.parked("stripe", "ba_2");
    const auto sum = [&](const std::string& sink) {
        return at.ask<std::int64_t>([&](OutboxStore& store) {
            return store.delivered(sink, "acct_one", "minutes", *parse_window(hour));
        });
    };
    EXPECT_EQ(sum("stripe"), 7);
    EXPECT_EQ(sum("ledger"), 0);
    const auto of = at.ask<std::vector<Delivery>>(
        [](OutboxStore& store) { return store.deliveries_of("ba_2"); });
    ASSERT_EQ(of.size(), 1u);
    EXPECT_EQ(of[0].state, State::parked);
    EXPECT_EQ(of[0].dead_letter_id, dead_letter_id("stripe", "ba_2"));
    EXPECT_EQ(at.ask<std::vector<DeadLetter>>([](OutboxStore& store) {
                    return store.doubtful("stripe", *parse_window(hour), 10);
                }).size(),
              1u);
}

TEST(Outbox, MadeAnewItIsTheSame) {
    House at;
    for (int i = 0; i < 12; ++i) {
        at.charge(fmt::format("bu_{}", i), std::to_string(i),
                  fmt::format("2026-02-16T{:02}:00Z", i));
        if (i % 2 == 0) at.completed("stripe", fmt::format("bu_{}", i));
        if (i % 3 == 0) at.parked("ledger", fmt::format("bu_{}", i));
        if (i % 6 == 0) at.said("redriven", "ledger", fmt::format("bu_{}", i));
        if (i % 9 == 0) at.said("discarded", "ledger", fmt::format("bu_{}", i));
    }
    const std::string before = at.open_at("ledger") + at.counts("ledger") + at.letters();
    at.open("anew.db");
    EXPECT_EQ(at.open_at("ledger") + at.counts("ledger") + at.letters(), before);
    at.expect_same_anew();
}

}  // namespace
}  // namespace lifeline::outbox
