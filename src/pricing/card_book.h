#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pricing/card.h"

namespace lifeline::pricing {

// Every version of every card: a fold of billing.card.activated. Pure; a card stays where it is, so
// pointers into the book are good as long as the book is.
class CardBook {
public:
    enum class Standing : std::uint8_t { fresh, known };
    // Whether the card may become a version, now. A version that is there with the same content is
    // known, and asking again changes nothing. Versions count up by one and keep their currency,
    // their kind, and what each item's name counts.
    Result<Standing> judge(const Card& card, WallTime now) const;

    // What was judged before. A version that is there already stays as it is.
    void add(Card card);

    const Card* find(std::string_view card, std::uint32_t version) const;
    // The newest version that has begun by that hour; null where none has. A later version that
    // begins earlier takes the place of the one before it: that is how a mistake is mended in time.
    const Card* in_force(std::string_view card, Window window) const;

    using Versions = std::deque<Card>;
    const std::map<std::string, Versions, std::less<>>& cards() const { return cards_; }

private:
    std::map<std::string, Versions, std::less<>> cards_;
};

// By which card an account pays, from which hour on.
struct Assignment {
    std::string card;
    Window effective_from;
};

// Of one account, in the order in which they were made: a fold of billing.card.assigned.
class Assignments {
public:
    // The card has begun by then, is one of prices, and in the account's currency; empty: the
    // account has none yet.
    Status judge(const Assignment& assignment, const CardBook& book, std::string_view currency,
                 WallTime now) const;
    void add(Assignment assignment) { assignments_.push_back(std::move(assignment)); }

    // The newest that has begun by that hour; empty where none has.
    std::string_view card_at(Window window) const;
    const std::vector<Assignment>& all() const { return assignments_; }

private:
    std::vector<Assignment> assignments_;
};

}  // namespace lifeline::pricing
