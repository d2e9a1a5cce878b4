#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reconciliation/first_ids.h"
#include "reconciliation/history.h"
#include "reconciliation/recount.h"

namespace lifeline::reconciliation {

// One line of an account's card in one hour. What no card fits has no item.
struct Line {
    std::string account;
    std::string item;
    std::string meter;
    Window window;
    friend auto operator<=>(const Line&, const Line&) = default;
};

// All that the layers say of a line.
struct Sums {
    const pricing::Card* card = nullptr;
    const pricing::Item* item = nullptr;
    std::string unit = {};
    std::vector<const Entry*> entries = {};
    std::set<std::string> adjusted = {};  // Records that adjustments are of.
    bool conflict_measured = false;
    bool conflict_booked = false;
    std::int64_t counted = 0;
    std::int64_t measured = 0;
    std::int64_t booked = 0;
    pricing::Int128 booked_amount = 0;
    pricing::Int128 booked_minimum = 0;  // Of the month, by a rule; part of the amount in the end.
    pricing::Int128 expected_amount = 0;
    pricing::Int128 amount_by_books = 0;  // Were the month before it as it is booked.
    bool before_is_late = false;

    // Of its cells, each judged by itself, so that nothing offsets.
    bool any_cell = false;
    bool unknown = false;
    bool undeclared = false;  // Of a meter that nobody declared.
    bool units_differ = false;
    bool cells_differ = false;
    bool orphan = false;
    bool duplicate = false;
    bool all_late = true;  // Each that differs lacks what came after the closing.
    std::int64_t late_records = 0;
    FirstIds ids = {};        // Of their records.
    FirstIds differing = {};  // Of those, where a cell differs.
    FirstIds unnamed = {};    // Of those, which no entry names.
    FirstCalls calls = {};    // In which cells differ, or a record lacks.

    bool nothing() const { return entries.empty() && counted == 0 && measured == 0 && booked == 0; }
};

// E, M and B of every line of the months that are looked at, and what each should cost. Calls come
// one by one, and nothing of them is kept but what they add: an hour may have very many.
class Ledger {
public:
    explicit Ledger(const House& house);

    // A call's events, where they are still there (null: nothing of it can be counted), and its
    // records, in the order of the journal. Each call once.
    void add(const RawCall* call, std::span<const Record> records);
    // When all calls are in it.
    void price();

    // In the order of accounts, items and hours.
    std::map<Line, Sums>& lines() { return lines_; }
    // Of those that charges name.
    bool knows(std::string_view record) const;
    const Entry* entry(const std::string& id) const;
    // What became of an entry, and what was said of a line elsewhere, in the order of the journal.
    std::span<const Delivery* const> deliveries(std::string_view entry) const;
    std::span<const Elsewhere* const> elsewhere(const Line& line) const;
    // What is wrong with this line is that something came late: it moves the rest of its month.
    void moves_late(const Line& line);

private:
    // What one call has of a cell.
    struct Sides {
        std::string_view session;
        const Count* count = nullptr;  // Null: nothing of it was used.
        std::vector<const Record*> records = {};
        std::int64_t measured = 0;
    };
    void add_entries();
    void add_elsewhere();
    void add_minimums();
    bool stands(const Record& record);
    void add_cell(const Cell& cell, const Sides& sides);
    const pricing::Card* card_of(const std::string& account, Window window);
    std::pair<const Line, Sums>& line_of(const std::string& account, const std::string& meter,
                                         const pricing::Words& dims, Window window);

    const House& house_;
    Payers payers_;
    std::map<Line, Sums> lines_;
    std::map<std::string, const Entry*> entries_;
    std::unordered_map<std::string_view, bool> named_;  // Records by charges; whether they exist.
    std::map<std::string_view, const Record*> firsts_;
    std::unordered_map<std::string_view, std::vector<const Delivery*>> deliveries_;  // By entry.
    // By account, item and hour.
    using Said = std::tuple<std::string_view, std::string_view, Window>;
    std::map<Said, std::vector<const Elsewhere*>> elsewhere_;
    // The last that was asked for: a call has many of the same.
    std::optional<std::pair<std::string, Window>> payer_;
    const pricing::Card* paid_by_ = nullptr;
};

}  // namespace lifeline::reconciliation
