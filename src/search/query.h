#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::search {

// What is looked for, by whom. Who asks is part of the query and not a filter after it: nothing of
// a call or document that they may not see is ever counted, ranked or shown.
struct Query {
    std::string match = {};       // See match_text.
    std::string account_id = {};  // Of this account, or shared with its calls; empty for all.
    // Only of calls that this user takes part in, with the documents that are shared with them;
    // and their own and those shared with them, in their account. Empty for all.
    std::string user_id = {};
    std::string user_account_id = {};
    std::string session_id = {};      // Only this call and what is shared with it; empty for all.
    std::string speaker = {};         // user, agent, ...; empty for whoever.
    std::string participant_id = {};  // Or a document's owner. Empty for whoever.
    std::string kind = {};            // utterance, action, document; empty for all.
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
    std::string session_id;  // Empty of a document.
    std::string kind;
    std::string id;  // Of the utterance, the action or the document.
    std::string speaker;
    std::string participant_id;
    std::string at;         // When its first event was recorded; of a document its newest revision.
    std::uint64_t seq = 0;  // Of that event.
    std::vector<Piece> snippet;
};

}  // namespace lifeline::search
