#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::search {

// What is looked for, by whom. Who asks is part of the query and not a filter after it: nothing of
// a call that they may not see is ever counted, ranked or shown.
struct Query {
    std::string match = {};           // See match_text.
    std::string account_id = {};      // Calls of this account; empty for all accounts.
    std::string user_id = {};         // Only calls that this user takes part in; empty for all.
    std::string session_id = {};      // Only this call; empty for all.
    std::string speaker = {};         // user, agent, ...; empty for whoever.
    std::string participant_id = {};  // Empty for whoever.
    std::string kind = {};            // utterance, action; empty for both.
    std::string from = {};            // RFC 3339: not before; empty for whenever.
    std::string until = {};           // Before this.
    std::size_t skip = 0;             // So many better ones were shown already.
    std::size_t limit = 20;
};

// A part of what was found; `hit` where it is what was looked for.
struct Piece {
    std::string text;
    bool hit = false;

    friend bool operator==(const Piece&, const Piece&) = default;
};

struct Found {
    std::string session_id;
    std::string kind;
    std::string id;  // Of the utterance or the action.
    std::string speaker;
    std::string participant_id;
    std::string at;         // When its first event was recorded.
    std::uint64_t seq = 0;  // Of its first event.
    std::vector<Piece> snippet;
};

}  // namespace lifeline::search
