#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/role.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "roster/roster_store.h"

namespace lifeline::roster {

using journal::Done;

// Which calls there are, who may see each, and which are still open: a fold of the whole journal,
// kept in views.db with its cursor, disposable. A list of calls is a question about many streams,
// which no single call can answer.
class Roster : public journal::ViewFront<RosterStore> {
public:
    using ViewFront::ViewFront;

    struct Entry {
        std::string user_id;
        RosterRow row;
    };
    // Told of each membership that begins, once it is durable. Return false to hear no more.
    using Follower = std::move_only_function<bool(const Entry&)>;

    void list(RosterQuery query, Loop& from, Done<std::vector<RosterRow>> done);
    // How many calls are not over.
    void count_open(Loop& from, Done<std::uint64_t> done);
    // Calls that are not over, and those in which an action runs, for a server that starts.
    void open_calls(Loop& from, Done<std::vector<std::string>> done);

    // From the home loop.
    void follow(Follower follower) { followers_.push_back(std::move(follower)); }

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
    void tell(const std::vector<Entry>& news);

    std::vector<Follower> followers_;
};

}  // namespace lifeline::roster
