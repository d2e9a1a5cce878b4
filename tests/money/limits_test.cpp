#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "books.h"
#include "contract/json.h"

// What nobody can have used, told as if somebody had: who measures and who counts again take it for
// the same, no sum wraps, and nobody else's hours wait for it.
namespace lifeline::money {
namespace {

using reconciliation::Class;
using reconciliation::Layer;
using reconciliation::Report;
using reconciliation::Row;
using reconciliation::to_text;

const Window first_hour = *parse_window("2026-02-27T21:00Z");

struct House {
    House() {
        books.tick("start");
        const auto meters = metering::Meters::builtin();
        books.append("sys_metering", "billing.meters.activated",
                     R"({"sha256":")" + meters.sha256() +
                         R"(","effectiveFrom":"2026-01-01T00:00Z","meters":)" + meters.json() +
                         "}");
        const std::string body =
            R"({"card":"standard","currency":"EUR","effectiveFrom":"2026-01-01T00:00Z","items":[)"
            R"({"item":"hearing","meter":"stt.ms","per":"7","tiers":[{"unitNano":"100"}]}],)"
            R"("kind":"price","version":1})";
        books.append("sys_billing", "billing.card.activated",
                     body.substr(0, body.size() - 1) + R"(,"sha256":")" +
                         pricing::parse_card(body)->sha256 + R"("})");
    }
    void created(const std::string& session, const std::string& account) {
        books.append(session, "call.created",
                     R"({"callId":")" + session + R"(","ownerId":"ada","accountId":")" + account +
                         R"(","channel":"web"})");
    }
    void report(const std::string& session, const std::string& id, const std::string& quantity,
                const std::string& rest = "") {
        books.append(session, "billing.usage.reported",
                     R"({"reportId":")" + id + R"(","meter":"stt.ms","unit":"ms","quantity":)" +
                         quantity + R"(,"source":"provider")" + rest + "}");
    }
    void hour_passes() {
        const Window hour = window_of(books.wall);
        books.pass(WallTime(hour + std::chrono::hours(1)) - books.wall + Millis(700'000));
        books.tick("hour");
        books.settle();
        books.close(hour);
    }
    Report reconcile() {
        auto evidence = Books::evidence_of(books.lines, 64);
        return Books::report_of(evidence, first_hour, window_of(books.wall) - std::chrono::hours(1),
                                books.lines.back().position);
    }
    Books books;
};

TEST(MoneyLimits, WhatIsUnknownToOneIsUnknownToTheOther) {
    const std::vector<std::string> quantities{"\"9000000000000000\"",
                                              "\"-9000000000000000\"",
                                              "\"1760000000000000\"",
                                              "\"9000000000000001\"",
                                              "\"7\"",
                                              "null"};
    const auto word = [](std::size_t bytes) { return '"' + std::string(bytes, 'w') + '"'; };
    const std::vector<std::string> dims{
        "", R"(,"dims":{"k":"a"})", R"(,"dims":{"k":)" + word(61'000) + "}",
        R"(,"dims":{"a":)" + word(59'000) + R"(,"b":)" + word(2'000) + R"(,"c":"x"})"};
    int unknown = 0;
    int known = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        House house;
        SeededRandom random(seed);
        const auto any = [&](const auto& of) { return of[random.below(of.size())]; };
        for (const std::string session : {"sess_1", "sess_2"}) house.created(session, "acct_1");
        for (int i = 0; i < 40; ++i) {
            const std::string session = random.below(2) == 0 ? "sess_1" : "sess_2";
            const std::string id = "use_" + std::to_string(i);
            const std::string& of = any(dims);
            house.report(session, id, any(quantities), of);
            if (random.below(3) == 0) house.books.settle();
            for (std::size_t more = random.below(3); more > 0; --more) {
                const std::string& now = any(quantities);
                if (now == "null") continue;
                house.books.append(session, "billing.usage.reconciled",
                                   R"({"reportId":")" + id + R"(","quantity":)" + now +
                                       R"(,"source":"provider")" + of + "}");
            }
            if (i == 20) house.hour_passes();
        }
        house.hour_passes();
        house.hour_passes();
        for (const Row& row : house.reconcile().rows) {
            const bool nobody_knows = row.verdict.klass == Class::unverifiable;
            ++(nobody_knows ? unknown : known);
            EXPECT_TRUE(nobody_knows || row.verdict.klass == Class::match)
                << seed << " " << to_text(row.verdict.klass) << "/" << to_text(row.verdict.layer);
            EXPECT_EQ(row.counted, row.measured) << seed << " " << text_of(row.key.window);
            EXPECT_EQ(row.measured, row.booked) << seed << " " << text_of(row.key.window);
        }
        if (HasFailure()) FAIL();
    }
    EXPECT_GT(unknown, 0);
}

// Hundreds of calls that a provider's fault made endless: the month has no room for all of them.
TEST(MoneyLimits, OneAccountBeyondAllNumbersStopsNobodyElse) {
    House house;
    for (int i = 0; i < 500; ++i) {
        const std::string session = "sess_" + std::to_string(i);
        house.created(session, "acct_1");
        house.report(session, "use_1", "\"9000000000000000\"");
    }
    house.created("sess_other", "acct_2");
    house.report("sess_other", "use_1", "\"70000\"");
    house.hour_passes();
    std::set<std::string> charged;
    for (const auto& line : house.books.lines)
        if (line.type == "billing.usage.recorded") charged.insert(line.stream);
    EXPECT_EQ(charged, (std::set<std::string>{"acct_1", "acct_2"}));
    const Report report = house.reconcile();
    const auto findings = report.findings();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0]->key.account, "acct_1");
    EXPECT_EQ(findings[0]->verdict.klass, Class::under_charge);
    EXPECT_EQ(findings[0]->verdict.layer, Layer::book);
    EXPECT_EQ(findings[0]->measured - findings[0]->booked, 56 * 9'000'000'000'000'000);
}

}  // namespace
}  // namespace lifeline::money
