#include <gtest/gtest.h>

#include <limits>

#include "base/digest.h"
#include "base/text.h"
#include "pricing/card.h"
#include "pricing/rate.h"
#include "pricing/test_cards.h"

namespace lifeline::pricing {
namespace {

constexpr std::string_view good = R"({
  "card": "standard", "version": 1, "kind": "price", "currency": "EUR",
  "effectiveFrom": "2026-02-16T10:00Z",
  "items": [
    {"item": "big", "meter": "agent.tokens", "match": {"model": "m1", "direction": "output"},
     "per": "1000000", "tiers": [{"upTo": "5", "unitNano": "9"}, {"unitNano": "7"}]},
    {"item": "small", "meter": "agent.tokens", "match": {"direction": "output"}, "per": "1000000",
     "included": "10", "minimumNano": "1000000000", "tiers": [{"unitNano": "3"}]}
  ]})";

std::string with(std::string_view was, std::string_view now) {
    std::string text(good);
    const auto place = text.find(was);
    EXPECT_NE(place, std::string::npos) << was;
    if (place != std::string::npos) text.replace(place, was.size(), now);
    return text;
}

TEST(CardReader, ReadsWhatStandsInACard) {
    const auto card = card_of(good);
    EXPECT_EQ(card.name, "standard");
    EXPECT_EQ(card.effective_from, hour("2026-02-16T10:00Z"));
    ASSERT_EQ(card.items.size(), 2u);
    EXPECT_EQ(card.items[0].tiers[0].up_to, 5);
    EXPECT_EQ(card.items[0].tiers[1].unit_nano, Int128{7});
    EXPECT_FALSE(card.items[0].tiers[1].up_to);
    EXPECT_EQ(card.items[0].match.at("model"), "m1");
    EXPECT_EQ(card.items[1].included, 10);
    EXPECT_EQ(card.items[1].minimum_nano, Int128{1'000'000'000});
    EXPECT_EQ(card.find("small"), &card.items[1]);
    EXPECT_EQ(card.find("none"), nullptr);
}

TEST(CardReader, RefusesWhatCouldNotPriceAndSaysWhere) {
    struct Case {
        const char* name;
        std::string json;
        const char* pointer;
        const char* says;
    };
    const std::string digits(20, '1');
    for (const auto& [name, json, pointer, says] : {
             Case{"no object", "[]", "", "object"},
             Case{"no name", with(R"("card": "standard",)", ""), "/card", "missing"},
             Case{"a bad name", with(R"("standard")", R"("=1+1")"), "/card", "letters"},
             Case{"version 0", with(R"("version": 1)", R"("version": 0)"), "/version", "from 1"},
             Case{"half a version", with(R"("version": 1)", R"("version": 1.5)"), "/version",
                  "whole"},
             Case{"another kind", with("\"price\"", "\"gift\""), "/kind", "cost"},
             Case{"no currency", with(R"("currency": "EUR",)", ""), "/currency", "missing"},
             Case{"an unknown currency", with("EUR", "XXX"), "/currency", "charge in another"},
             Case{"a small currency", with("EUR", "eur"), "/currency", "ISO 4217"},
             Case{"half an hour", with("10:00Z", "10:30Z"), "/effectiveFrom", "hour"},
             Case{"no such day", with("02-16", "02-30"), "/effectiveFrom", "calendar"},
             Case{"no items", R"({"card":"a","version":1,"kind":"cost","currency":"EUR",
                  "effectiveFrom":"2026-02-16T10:00Z","items":[]})",
                  "/items", "1 to 256"},
             Case{"something more", with(R"("kind")", R"("vat": 1, "kind")"), "/vat", "no part"},
             Case{"more in an item", with(R"("per")", R"("x/y": 1, "per")"), "/items/0/x~1y",
                  "no part"},
             Case{"more in a tier", with(R"("upTo")", R"("from": "1", "upTo")"),
                  "/items/0/tiers/0/from", "no part"},
             Case{"an item of text", with(R"("items": [)", R"("items": ["x",)"), "/items/0",
                  "object"},
             Case{"per 0", with(R"("per": "1000000")", R"("per": "0")"), "/items/0/per",
                  "at least 1"},
             Case{"per below 0", with(R"("per": "1000000")", R"("per": "-5")"), "/items/0/per",
                  "at least 1"},
             Case{"per beyond 64 bits",
                  with(R"("per": "1000000")", R"("per": "9223372036854775808")"), "/items/0/per",
                  "64 bits"},
             Case{"per as a number", with(R"("per": "1000000")", R"("per": 1000000)"),
                  "/items/0/per", "as a text"},
             Case{"a price below 0", with(R"("unitNano": "9")", R"("unitNano": "-9")"),
                  "/items/0/tiers/0/unitNano", "at least 0"},
             Case{"a price with a point", with(R"("unitNano": "9")", R"("unitNano": "0.9")"),
                  "/items/0/tiers/0/unitNano", "decimal"},
             Case{"a price that could overflow",
                  with(R"("unitNano": "9")", "\"unitNano\": \"" + digits + "\""),
                  "/items/0/tiers/0/unitNano", "19 digits"},
             Case{"no price", with(R"(, "unitNano": "9")", ""), "/items/0/tiers/0/unitNano",
                  "missing"},
             Case{"no tiers", with(R"([{"unitNano": "3"}])", "[]"), "/items/1/tiers", "1 to 16"},
             Case{"no end between", with(R"("upTo": "5", )", ""), "/items/0/tiers/0/upTo",
                  "last tier"},
             Case{"an end of the last",
                  with(R"({"unitNano": "7"})", R"({"upTo": "8", "unitNano": "7"})"),
                  "/items/0/tiers/1/upTo", "last tier"},
             Case{"an end at 0", with(R"("upTo": "5")", R"("upTo": "0")"), "/items/0/tiers/0/upTo",
                  "at least 1"},
             Case{"ends that fall",
                  with(R"({"unitNano": "7"})",
                       R"({"upTo": "5", "unitNano": "8"}, {"unitNano": "7"})"),
                  "/items/0/tiers/1/upTo", "more than the 5"},
             Case{"included below 0", with(R"("included": "10")", R"("included": "-1")"),
                  "/items/1/included", "at least 0"},
             Case{"a minimum below 0", with(R"("minimumNano": "1)", R"("minimumNano": "-1)"),
                  "/items/1/minimumNano", "at least 0"},
             Case{"one name twice", with(R"("small")", R"("big")"), "/items/1/item", "before it"},
             Case{"a match of numbers", with(R"("model": "m1")", R"("model": 1)"),
                  "/items/0/match/model", "letters"},
             Case{"a match of a list", with(R"({"direction": "output"})", R"(["output"])"),
                  "/items/1/match", "object"},
             Case{"never reached", with(R"("match": {"model": "m1", "direction": "output"},)", ""),
                  "/items/1", "big, which stands before it"},
             Case{"another digest", with(R"("kind")", R"("sha256": "00", "kind")"), "/sha256",
                  "not that of this card"},
         }) {
        SCOPED_TRACE(name);
        const auto card = parse_card(json);
        ASSERT_FALSE(card);
        EXPECT_EQ(card.error().reason, "card_invalid");
        EXPECT_EQ(card.error().pointer, pointer) << card.error().detail;
        EXPECT_NE(card.error().detail.find(says), std::string::npos) << card.error().detail;
        EXPECT_TRUE(card.error().detail.starts_with(*pointer == '\0' ? "/" : pointer));
    }
    EXPECT_EQ(parse_card("{").error().reason, "json_invalid");
    EXPECT_EQ(parse_card(R"({"card":"a","card":"b"})").error().reason, "duplicate_key");
}

// Bytes of chance: what is accepted is one card however often it is read, and has an amount for
// every quantity.
TEST(CardReader, WhatIsAcceptedCanPriceEverything) {
    constexpr std::string_view bytes = "0123456789-\"{}[],:aeE. ";
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    int accepted = 0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        SeededRandom random(seed);
        std::string text(good);
        for (auto changes = random.below(4); changes > 0; --changes) {
            const auto place = random.below(text.size());
            const char byte = bytes[random.below(bytes.size())];
            if (random.below(2) == 0)
                text[place] = byte;
            else
                text.insert(place, 1 + random.below(20), byte);
        }
        const auto card = parse_card(text);
        if (!card) {
            EXPECT_FALSE(card.error().reason.empty());
            continue;
        }
        ++accepted;
        EXPECT_EQ(card_of(card->json).json, card->json);
        for (const auto& item : card->items)
            for (const auto quantity : {largest, largest / 2, std::int64_t{1}})
                EXPECT_TRUE(amount_of(item, quantity)) << text;
    }
    EXPECT_GT(accepted, 500);
}

TEST(CardReader, TheDigestIsOfTheCanonicalCardAlone) {
    const auto card = card_of(good);
    EXPECT_EQ(card.sha256, to_hex(sha256(card.json)));
    EXPECT_TRUE(card.json.starts_with(R"({"card":"standard","currency":"EUR","effectiveFrom")"));

    // As the event has it, and in another order: the same card.
    const auto recorded =
        card_of(with("{\n", "{\"by\": \"usr_op\", \"sha256\": \"" + card.sha256 + "\", "));
    EXPECT_TRUE(same_content(recorded, card));
    EXPECT_EQ(recorded.json, card.json);
    EXPECT_EQ(card_of(card.json).sha256, card.sha256);
    EXPECT_FALSE(same_content(card_of(with(R"("unitNano": "3")", R"("unitNano": "4")")), card));
    EXPECT_FALSE(same_content(card_of(with(R"("version": 1)", R"("version": 2)")), card));
}

TEST(Card, TheFirstItemWhoseWordsAllStandInTheRecordPricesIt) {
    const auto card = card_of(good);
    const auto priced_by = [&](std::string_view meter, const Words& dims) -> std::string {
        const auto* item = item_for(card, meter, dims);
        return item == nullptr ? "unpriced" : item->name;
    };
    struct Case {
        const char* name;
        const char* meter;
        Words dims;
        const char* then;
    };
    for (const auto& [name, meter, dims, then] : {
             Case{"both words", "agent.tokens", {{"direction", "output"}, {"model", "m1"}}, "big"},
             Case{"more words",
                  "agent.tokens",
                  {{"direction", "output"}, {"model", "m1"}, {"provider", "p"}},
                  "big"},
             Case{"another model",
                  "agent.tokens",
                  {{"direction", "output"}, {"model", "m2"}},
                  "small"},
             Case{"no model", "agent.tokens", {{"direction", "output"}}, "small"},
             Case{"another direction",
                  "agent.tokens",
                  {{"direction", "input"}, {"model", "m1"}},
                  "unpriced"},
             Case{"no words", "agent.tokens", {}, "unpriced"},
             Case{"another meter", "tts.chars", {{"direction", "output"}}, "unpriced"},
         }) {
        SCOPED_TRACE(name);
        EXPECT_EQ(priced_by(meter, dims), then);
    }
}

}  // namespace
}  // namespace lifeline::pricing
