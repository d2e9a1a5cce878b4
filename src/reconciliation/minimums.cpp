#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "reconciliation/bounded.h"
#include "reconciliation/ledger.h"

// The least that is paid for an item in a month, written down a second time from docs/billing.md:
// once the month is over, in its last hour, by the version that priced the last of it.
namespace lifeline::reconciliation {

namespace {

using pricing::Int128;

struct Side {
    Int128 quantity = 0;
    Int128 amount = 0;
    const pricing::Card* card = nullptr;  // Of the last hour in which it was used.
    const pricing::Item* item = nullptr;
    std::string meter;

    void add(const Line& line, const Sums& sums, std::int64_t used, Int128 costs) {
        quantity += used;
        amount = bounded_sum(amount, costs);
        if (used == 0 || sums.item == nullptr) return;
        card = sums.card;
        item = sums.item;
        meter = line.meter;
    }
    Int128 lacks() const {
        if (item == nullptr || quantity <= 0 || amount >= item->minimum_nano) return 0;
        return item->minimum_nano - amount;
    }
};

Window last_hour_of(Month month) {
    return Window(std::chrono::sys_days((month + std::chrono::months(1)) / 1)) -
           std::chrono::hours(1);
}

}  // namespace

void Ledger::add_minimums() {
    std::map<std::tuple<std::string, std::string, Month>, std::map<Window, std::vector<Line>>> used;
    for (const auto& [line, sums] : lines_)
        if (!line.item.empty())
            used[{line.account, line.item, month_of(line.window)}][line.window].push_back(line);
    for (const auto& [of, hours] : used) {
        const auto& [account, name, month] = of;
        const Window last = last_hour_of(month);
        if (!house_.closed.contains(last)) continue;
        Side counted;
        Side booked;
        for (const auto& [hour, lines] : hours)
            for (const Line& line : lines) {
                const Sums& sums = lines_.at(line);
                counted.add(line, sums, sums.counted, sums.expected_amount);
                booked.add(line, sums, sums.booked, sums.booked_amount);
            }
        const Int128 expected = counted.lacks();
        const Int128 by_books = booked.lacks();
        if (expected == 0 && by_books == 0) continue;
        const Side& side = counted.item != nullptr ? counted : booked;
        Sums& sums = lines_[{account, name, side.meter, last}];
        if (sums.item == nullptr) {
            sums.card = side.card;
            sums.item = side.item;
        }
        sums.expected_amount = bounded_sum(sums.expected_amount, expected);
        sums.amount_by_books = bounded_sum(sums.amount_by_books, by_books);
    }
    for (auto& [line, sums] : lines_)
        sums.booked_amount = bounded_sum(sums.booked_amount, sums.booked_minimum);
}

}  // namespace lifeline::reconciliation
