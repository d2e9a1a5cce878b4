#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "call/facts.h"

namespace lifeline::whatif {

// An action whose day is counted, and whose it is.
struct Counted {
    std::string_view account_id;
    std::string_view owner_id;
    std::string_view action_type;
    std::string_view session_id;
    std::string_view action_id;
};

// Which action of its type it was on its day (UTC), counted again from the journal. An action has
// one place a day, as it does for the server (audit/day_counts.h), which cannot be asked here: it
// keeps two days, and this looks at any.
class Counts {
public:
    // Its place, by owner and by account.
    call::DayCounts take(WallTime at, const Counted& action);
    // Something of this account's was erased, of whichever type; empty: of whose is not known.
    void lost(WallTime at, std::string_view account_id);

    // The same, of one that is judged. Nothing where something of that day was erased.
    std::optional<call::DayCounts> with(WallTime at, const Counted& action);

private:
    using Key = std::string;
    std::map<Key, std::int64_t, std::less<>> counts_;
    std::map<Key, call::DayCounts, std::less<>> taken_;
    std::set<Key, std::less<>> lost_;
};

}  // namespace lifeline::whatif
