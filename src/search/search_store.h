#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "contract/event.h"
#include "journal/view_file.h"
#include "search/query.h"

namespace lifeline::search {

// What an event says that can be found, or about who may find it.
struct CallMade {
    std::string account_id;
    std::string at;
};
struct Member {
    std::string user_id;
    bool is_in = true;
};
struct Spoken {
    contract::Event event;
    std::string actor_id;
    std::string at;
    std::uint64_t seq = 0;
};
struct Asked {
    std::string action_id;
    std::string summary;
    std::string actor_id;
    std::string at;
    std::uint64_t seq = 0;
};
struct Change {
    std::string session_id;
    std::variant<CallMade, Member, Spoken, Asked> what;
};

// The tables: a full-text index for each account and month in which its calls began, so that what
// is erased is gone from one small index, and a search reads no other account's. Blocks; used by
// one thread at a time.
class SearchStore {
public:
    static Result<SearchStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status apply(const std::vector<Change>& changes, std::uint64_t cursor);
    // The best first; of equals the newest.
    Result<std::vector<Found>> find(const Query& query);

private:
    // Where a call's words are.
    struct Place {
        std::int64_t call = 0;
        std::int64_t part = 0;
    };
    explicit SearchStore(journal::ViewFile view) : view_(std::move(view)) {}

    Status take(const std::string& session_id, const CallMade& made);
    Status take(const std::string& session_id, const Member& member);
    Status take(const std::string& session_id, const Spoken& spoken);
    Status take(const std::string& session_id, const Asked& asked);
    Result<Place> place_of(const std::string& session_id);
    Result<std::int64_t> part_of(const std::string& account_id, std::string_view month);
    Result<std::vector<std::int64_t>> parts(const Query& query);

    journal::ViewFile view_;
};

}  // namespace lifeline::search
