#include "pricing/card_book.h"

#include <gtest/gtest.h>

#include "pricing/test_cards.h"

namespace lifeline::pricing {
namespace {

constexpr std::string_view price = R"("per":"1","tiers":[{"unitNano":"1"}])";

Card version(std::uint32_t number, std::string_view from, std::string_view currency = "EUR") {
    return card_of(card_json(number, from, price, currency));
}

TEST(CardBook, WhatBeginsIsStillToCome) {
    struct Case {
        const char* name;
        std::uint32_t version;
        const char* from;
        const char* now;
        const char* refused;  // Empty: it may.
    };
    CardBook book;
    book.add(version(1, "2026-02-01T00:00Z"));
    for (const auto& [name, number, from, now, refused] : {
             Case{"the next hour", 2, "2026-02-16T11:00Z", "2026-02-16T10:59:59.999Z", ""},
             Case{"the hour that goes on", 2, "2026-02-16T10:00Z", "2026-02-16T10:59:59.999Z",
                  "effective_from_invalid"},
             Case{"the hour that begins now", 2, "2026-02-16T11:00Z", "2026-02-16T11:00:00.000Z",
                  "effective_from_invalid"},
             Case{"a gap between versions", 3, "2026-03-01T00:00Z", "2026-02-16T10:00:00.000Z",
                  "card_invalid"},
             Case{"there, with another content", 1, "2026-03-01T00:00Z", "2026-02-16T10:00:00.000Z",
                  "card_exists"},
         }) {
        SCOPED_TRACE(name);
        const auto standing = book.judge(version(number, from), at(now));
        EXPECT_EQ(standing ? "" : standing.error().reason, refused);
        if (standing) EXPECT_EQ(*standing, CardBook::Standing::fresh);
    }
    // Once more the same: known, however late it is.
    EXPECT_EQ(book.judge(version(1, "2026-02-01T00:00Z"), at("2026-09-01T00:00:00.000Z")),
              CardBook::Standing::known);

    const CardBook empty;
    EXPECT_TRUE(empty.judge(version(1, "2026-02-16T10:00Z"), at("2026-02-16T10:59:59.999Z")));
    EXPECT_EQ(
        empty.judge(version(1, "2026-02-16T09:00Z"), at("2026-02-16T10:00:00.000Z")).error().reason,
        "effective_from_invalid");
}

TEST(CardBook, AVersionKeepsWhatItsCardStandsFor) {
    CardBook book;
    book.add(version(1, "2026-02-01T00:00Z"));
    const auto now = at("2026-02-16T10:00:00.000Z");
    const auto refused = [&](std::string json, std::string_view was, std::string_view now_it_is) {
        json.replace(json.find(was), was.size(), now_it_is);
        const auto standing = book.judge(card_of(json), now);
        return standing ? std::string() : standing.error().pointer;
    };
    const auto next = card_json(2, "2026-03-01T00:00Z", price);
    EXPECT_EQ(refused(next, "EUR", "USD"), "/currency");
    EXPECT_EQ(refused(next, "\"price\"", "\"cost\""), "/kind");
    EXPECT_EQ(refused(next, "call.duration_ms", "stt.ms"), "/items/0/meter");
    EXPECT_EQ(refused(next, "minutes", "speech"), "");
    EXPECT_EQ(refused(next, "standard", "other"), "/version");
}

TEST(CardBook, TheNewestVersionThatHasBegunPricesAnHour) {
    CardBook book;
    book.add(version(1, "2026-02-01T00:00Z"));
    book.add(version(2, "2026-02-10T00:00Z"));
    book.add(version(3, "2026-02-05T00:00Z"));  // Takes the place of 2 before that begins.
    book.add(version(3, "2026-01-01T00:00Z"));  // Is there already.
    struct Case {
        const char* window;
        std::uint32_t version;
    };
    for (const auto& [window, number] :
         {Case{"2026-01-31T23:00Z", 0}, Case{"2026-02-01T00:00Z", 1}, Case{"2026-02-04T23:00Z", 1},
          Case{"2026-02-05T00:00Z", 3}, Case{"2026-02-11T00:00Z", 3}}) {
        SCOPED_TRACE(window);
        const auto* card = book.in_force("standard", hour(window));
        EXPECT_EQ(card == nullptr ? 0 : card->version, number);
    }
    EXPECT_EQ(book.in_force("other", hour("2026-02-05T00:00Z")), nullptr);
    EXPECT_EQ(book.find("standard", 2)->effective_from, hour("2026-02-10T00:00Z"));
    EXPECT_EQ(book.find("standard", 4), nullptr);
}

TEST(Assignments, AnAccountPaysByTheNewestThatHasBegun) {
    CardBook book;
    book.add(version(1, "2026-02-01T00:00Z"));
    auto cost = card_json(1, "2026-02-01T00:00Z", price);
    cost.replace(cost.find("\"price\""), 7, "\"cost\"");
    cost.replace(cost.find("standard"), 8, "our_cost");
    book.add(card_of(cost));

    Assignments account;
    const auto now = at("2026-02-16T10:30:00.000Z");
    const auto reason = [&](std::string_view card, std::string_view from,
                            std::string_view currency = "") {
        const auto may = account.judge({std::string(card), hour(from)}, book, currency, now);
        return may ? std::string() : may.error().reason;
    };
    EXPECT_EQ(reason("standard", "2026-02-16T10:00Z"), "");
    EXPECT_EQ(reason("standard", "2026-02-16T09:00Z"), "effective_from_invalid");
    EXPECT_EQ(reason("none", "2026-02-16T10:00Z"), "card_not_found");
    EXPECT_EQ(reason("our_cost", "2026-02-16T10:00Z"), "card_not_found");
    EXPECT_EQ(reason("standard", "2026-02-16T10:00Z", "CHF"), "currency_differs");
    EXPECT_EQ(reason("standard", "2026-02-16T10:00Z", "EUR"), "");

    EXPECT_EQ(account.card_at(hour("2026-02-16T10:00Z")), "");
    account.add({"standard", hour("2026-02-16T10:00Z")});
    EXPECT_EQ(reason("standard", "2026-02-16T10:00Z"), "effective_from_invalid");
    EXPECT_EQ(reason("standard", "2026-02-16T11:00Z"), "");
    account.add({"gold", hour("2026-03-01T00:00Z")});
    account.add({"silver", hour("2026-02-20T00:00Z")});
    EXPECT_EQ(account.card_at(hour("2026-02-16T09:00Z")), "");
    EXPECT_EQ(account.card_at(hour("2026-02-19T23:00Z")), "standard");
    EXPECT_EQ(account.card_at(hour("2026-02-20T00:00Z")), "silver");
    EXPECT_EQ(account.card_at(hour("2026-03-01T00:00Z")), "silver");
}

}  // namespace
}  // namespace lifeline::pricing
