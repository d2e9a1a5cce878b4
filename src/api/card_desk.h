#pragma once

#include <functional>
#include <string>

#include "base/loop.h"
#include "journal/journal.h"
#include "pricing/card_book.h"

namespace lifeline::api {

// Who puts cards in force, and accounts on cards: answered on `from` once it is durable.
struct CardDesk {
    // Gives whether it is new; what is there already with the same content is not written again.
    std::function<void(pricing::Card, std::string by, Loop& from, journal::Done<bool>)> activate;
    struct Assigning {
        std::string account_id;
        pricing::Assignment assignment;
        std::string by;
        std::string reason;
    };
    std::function<void(Assigning, Loop& from, journal::Done<void>)> assign;
};

}  // namespace lifeline::api
