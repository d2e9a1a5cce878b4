#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reconciliation/history.h"

// What calls used, counted again from their raw events and the server's ticks by a plain loop. It
// shares no line with what meters and charges: a fault there cannot hide here.
namespace lifeline::reconciliation {

// Of one call: a kind and an hour.
struct Cell {
    std::string account;
    std::string meter;
    std::string participant;
    pricing::Words dims;
    Window window;
    friend auto operator<=>(const Cell&, const Cell&) = default;
};

struct Piece {
    std::uint64_t position = 0;  // Of the event that says so.
    std::int64_t quantity = 0;
};

struct Count {
    std::string unit;
    std::vector<Piece> pieces;  // In the order of the journal.
    std::int64_t unknown = 0;   // Facts of which nobody knows how much.
    bool declared = true;       // There is a meter of this name.

    std::int64_t sum() const;
};
using Counts = std::map<Cell, Count>;

Counts recount(const House& house, const RawCall& call);

// By which cards accounts pay. There may be as many of both as there are accounts.
class Payers {
public:
    explicit Payers(const House& house);
    // Null: none.
    const pricing::Card* card_for(std::string_view account, Window window) const;

private:
    const House& house_;
    std::map<std::string_view, std::vector<const pricing::Card*>> versions_;
};
// The line of a card that fits; null: none.
const pricing::Item* line_for(const pricing::Card& card, const std::string& meter,
                              const pricing::Words& dims);
// What the part of a month between two quantities costs, each counted from the month's begin.
pricing::Int128 price_between(const pricing::Item& item, std::int64_t before, std::int64_t after);

}  // namespace lifeline::reconciliation
