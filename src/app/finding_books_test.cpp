#include "app/finding_books.h"

#include <gtest/gtest.h>

#include "contract/json_writer.h"

namespace lifeline::app {
namespace {

using findings::State;

billing::EntryRow charge(std::string_view quantity, std::string_view amount,
                         std::string_view item = "minutes") {
    contract::JsonWriter json;
    json.object().key("amount").value(amount).key("item").value(item);
    json.key("quantity").value(quantity).end();
    return {
        .id = "bu", .type = "billing.usage.recorded", .position = 7, .payload_json = json.take()};
}

struct Adjusted {
    std::string_view kind;
    std::string_view quantity;
    std::string_view amount;
    std::string_view finding = "";
    std::string_view by = "usr_op";
};

billing::EntryRow adjustment(const Adjusted& of) {
    contract::JsonWriter json;
    json.object().key("amountDelta").value(of.amount);
    if (!of.by.empty()) json.key("by").value(of.by);
    if (!of.finding.empty()) json.key("findingId").value(of.finding);
    json.key("item").value("minutes").key("kind").value(of.kind);
    json.key("quantityDelta").value(of.quantity).end();
    return {.id = "ba",
            .type = "billing.adjustment.created",
            .position = 9,
            .payload_json = json.take()};
}

TEST(FindingBooks, NothingIsGivenBackOrChargedTwice) {
    struct Case {
        const char* name;
        std::vector<billing::EntryRow> entries;
        State to;
        std::int64_t quantity;
        int amount;
    };
    const billing::EntryRow booked = charge("12", "120");
    const billing::EntryRow less = charge("7", "70");
    const billing::EntryRow off = adjustment({"write_off", "-2", "-20", "mm_1"});
    const billing::EntryRow over = adjustment({"over", "-2", "-20", "mm_1"});
    const Case cases[] = {
        {"a surplus is written off", {booked}, State::written_off, -2, -20},
        {"and not again, whichever finding it was", {booked, off}, State::written_off, 0, 0},
        {"nor what was adjusted", {booked, over}, State::written_off, 0, 0},
        {"nor adjusted again", {booked, over}, State::adjusted, 0, 0},
        {"of a surplus that grew only what is new",
         {charge("13", "130"), off},
         State::written_off,
         -1,
         -10},
        {"the same of an adjustment", {charge("13", "130"), off}, State::adjusted, -1, -10},
        {"a shortage is adjusted", {less}, State::adjusted, 3, 30},
        {"and charges nobody when it is written off", {less}, State::written_off, 0, 0},
        {"a gift mends nothing",
         {booked, adjustment({"write_off", "0", "-5"})},
         State::written_off,
         -2,
         -20},
        {"a month's minimum is among it",
         {booked, adjustment({"price_fix", "0", "-5", "", ""})},
         State::adjusted,
         -2,
         -15},
        {"another item is not asked",
         {booked, charge("9", "9", "words")},
         State::adjusted,
         -2,
         -20},
    };
    for (const auto& [name, entries, to, quantity, amount] : cases) {
        SCOPED_TRACE(name);
        const auto books = books_of(entries, "minutes", "ba_new");
        ASSERT_TRUE(books.has_value());
        const auto left = left_to_book({.quantity = 10, .amount = 100}, 9, *books, to);
        ASSERT_TRUE(left.has_value()) << left.error().detail;
        EXPECT_EQ(*left, (pricing::Correction{quantity, amount}));
    }
    const auto all_off =
        left_to_book({.quantity = 10, .amount = 100}, 9,
                     *books_of({booked, off}, "minutes", "ba_new"), State::adjusted);
    ASSERT_FALSE(all_off.has_value());
    EXPECT_EQ(all_off.error().reason, "finding_closed");
}

// What is expected is what the last run counted: of what was booked since it knows nothing.
TEST(FindingBooks, WhatWasBookedSinceTheHourWasCountedIsNotUndone) {
    const billing::EntryRow late = adjustment({"late", "5", "50", "", ""});
    const pricing::Booking expected{.quantity = 10, .amount = 100};
    const auto judged = [&](const std::vector<billing::EntryRow>& entries, std::uint64_t counted) {
        return left_to_book(expected, counted, *books_of(entries, "minutes", "ba_new"),
                            State::adjusted);
    };
    const auto stale = judged({charge("12", "120"), late}, 8);
    ASSERT_FALSE(stale.has_value());
    EXPECT_EQ(stale.error().reason, "stale");
    EXPECT_TRUE(judged({charge("12", "120"), late}, 9).has_value());
    const auto gift = judged({charge("12", "120"), adjustment({"write_off", "0", "-5"})}, 8);
    ASSERT_TRUE(gift.has_value()) << "it is none of it";
    EXPECT_EQ(*gift, (pricing::Correction{-2, -20}));
    EXPECT_FALSE(books_of({late}, "minutes", "ba_new")->resolved);
    EXPECT_TRUE(books_of({late}, "minutes", "ba")->resolved);
}

}  // namespace
}  // namespace lifeline::app
