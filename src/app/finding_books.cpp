#include "app/finding_books.h"

#include <algorithm>

#include "contract/json.h"

namespace lifeline::app {

namespace {

pricing::Int128 number_in(const contract::Json& json, std::string_view key) {
    return pricing::parse_int128(json.text(key).value_or("0")).value_or(pricing::Int128(0));
}

}  // namespace

Result<BooksOfHour> books_of(const std::vector<billing::EntryRow>& entries, std::string_view item,
                             std::string_view id) {
    BooksOfHour books;
    for (const auto& entry : entries) {
        books.resolved = books.resolved || entry.id == id;
        const auto json = contract::Json::parse(entry.payload_json);
        if (!json || json->text("item") != item) continue;
        const bool charge = entry.type == "billing.usage.recorded";
        const std::string_view kind = json->text("kind").value_or("");
        if (kind == "write_off" && !json->text("findingId")) continue;
        if (kind != "write_off") books.position = std::max(books.position, entry.position);
        pricing::Booking& sum = kind == "write_off" ? books.written_off : books.booked;
        const auto with = pricing::booked_with(
            sum,
            {static_cast<std::int64_t>(number_in(*json, charge ? "quantity" : "quantityDelta")),
             number_in(*json, charge ? "amount" : "amountDelta")});
        if (!with) return fail(with.error());
        sum = *with;
    }
    return books;
}

Result<pricing::Correction> left_to_book(const pricing::Booking& expected, std::uint64_t counted,
                                         const BooksOfHour& books, findings::State to) {
    if (books.position > counted)
        return fail(Code::conflict, "stale",
                    "something was booked in that hour since it was counted: count it again "
                    "(lifeline reconcile --window), and see what the finding says then");
    const auto all =
        pricing::booked_with(books.booked, {books.written_off.quantity, books.written_off.amount});
    if (!all) return fail(all.error());
    const auto left = pricing::correction(expected, *all);
    if (!left) return fail(left.error());
    if (to == findings::State::written_off) {
        const bool charges_more = left->amount_delta > 0 || left->quantity_delta > 0;
        return charges_more ? pricing::Correction() : *left;
    }
    if (left->nothing() && books.written_off != pricing::Booking())
        return fail(Code::conflict, "finding_closed",
                    "all of it was written off already: it can be written off, not adjusted");
    return *left;
}

}  // namespace lifeline::app
