#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/view_file.h"
#include "search/change.h"
#include "search/documents.h"
#include "search/part.h"
#include "search/query.h"

namespace lifeline::search {

// The tables: a full-text index for each account and month in which its calls and documents began,
// so that what is erased is gone from one small index, and a search reads no other account's unless
// something of it was shared. Blocks; used by one thread at a time.
class SearchStore {
public:
    static Result<SearchStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    // An index is merged once for all that was forgotten of it.
    Status settle(journal::Settle how);
    // All that is known of this stream: it is about to be read again.
    Status forget(const std::string& stream);
    Status apply(const std::vector<Change>& changes, std::uint64_t cursor);
    // The best first; of equals the newest.
    Result<std::vector<Found>> find(const Query& query);

private:
    struct PartOf {
        std::int64_t number = 0;
        std::string as_account;  // Whose eyes it is seen with; empty where all of it is seen.
    };
    // A passage that may be the best.
    struct Candidate {
        double rank = 0;
        std::int64_t at_ms = 0;
        std::int64_t passage = 0;
        const PartOf* part = nullptr;
    };
    class Sieve;
    explicit SearchStore(journal::ViewFile view) : view_(std::move(view)) {}

    Status take(const std::string& stream, const CallMade& made, std::uint64_t position);
    Status take(const std::string& stream, const Member& member);
    Status take(const std::string& stream, const Spoken& spoken, std::uint64_t position);
    Status write_utterances();
    Status take(const std::string& stream, const Asked& asked, std::uint64_t position);
    Status take(const std::string& stream, const DocumentMade& made, std::uint64_t position,
                Documents& documents);
    Status take(const std::string& stream, const DocumentEdited& edited, Documents& documents);
    Status take(const std::string& stream, const DocumentShared& shared);
    Result<Place> begin(const std::string& stream, std::string_view account_id, std::string_view at,
                        std::uint64_t position);
    // Nothing where the stream did not begin, or its beginning was erased.
    Result<std::optional<Place>> place_of(const std::string& stream);
    Status note_part_of_call(const std::string& stream, std::int64_t part);
    Result<std::vector<PartOf>> parts(const Query& query);
    Status keep_own_calls(const Query& query, std::int64_t part, std::size_t hits, Sieve& sieve);
    Status add_candidates(const Query& query, const PartOf& part,
                          std::vector<Candidate>& candidates);
    Result<std::optional<Found>> look_at(const Query& query, const Candidate& candidate);
    Result<std::vector<Piece>> snippet(const Query& query, const Candidate& candidate);

    journal::ViewFile view_;
    // On the heap: who was handed it keeps it while the store moves.
    std::unique_ptr<Desk> desk_ = std::make_unique<Desk>();
};

}  // namespace lifeline::search
