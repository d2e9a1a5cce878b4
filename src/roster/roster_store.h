#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/view_file.h"

namespace lifeline::roster {

struct RosterRow {
    std::string session_id;
    std::string owner_id;
    std::string account_id;
    std::string status;
    std::string channel;
    std::string created_at;
    std::string role;            // Of the user who asked; empty for a list of an account.
    std::uint64_t position = 0;  // Of call.created: the order of the list, and its cursor.
};

struct RosterQuery {
    std::string user_id;     // Calls this user is in; or, when empty,
    std::string account_id;  // all calls of this account; or, when empty too, all calls.
    std::string status;  // created, active, ended, failed; empty for any; open for the first two.
    std::uint64_t before = UINT64_MAX;  // The list goes from the newest to the oldest.
    std::size_t limit = 50;
};

// What one event says about the roster.
struct RosterChange {
    enum class Kind { created, status, added, removed, began, finished };
    Kind kind = Kind::status;
    RosterRow row;          // created: all of it; otherwise session_id and what changes.
    std::string user_id;    // added, removed
    std::string action_id;  // began, finished
};

// The tables. Blocks; used by one thread at a time.
class RosterStore {
public:
    static Result<RosterStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(journal::Settle how) { return view_.settle(how); }
    // All that is known of this stream: it is about to be read again.
    Status forget(const std::string& stream);
    Status apply(const std::vector<RosterChange>& changes, std::uint64_t cursor);
    Result<std::vector<RosterRow>> list(const RosterQuery& query);
    // Calls that are not over, and those in which an action runs: what a server takes up.
    Result<std::vector<std::string>> open_calls();
    Result<std::uint64_t> count_open();
    // Fills in what is known of row.session_id; row.role stays.
    Result<void> complete(RosterRow& row);

private:
    explicit RosterStore(journal::ViewFile view) : view_(std::move(view)) {}
    Status apply_one(const RosterChange& change);

    journal::ViewFile view_;
};

}  // namespace lifeline::roster
