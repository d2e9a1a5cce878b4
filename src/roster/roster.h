#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "contract/role.h"
#include "journal/journal.h"
#include "journal/view.h"
#include "roster/roster_store.h"

namespace lifeline::roster {

using journal::Done;

// Which calls there are, who may see each, and which are still open: a fold of the whole journal,
// kept in views.db with its cursor, disposable. A list of calls is a question about many streams,
// which no single call can answer. Lives on its loop; may be asked from any.
class Roster {
public:
    struct Entry {
        std::string user_id;
        RosterRow row;
    };
    // Told of each membership that begins, once it is durable. Return false to hear no more.
    using Follower = std::move_only_function<bool(const Entry&)>;

    Roster(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view (made anew if it cannot be read or is of another epoch) and brings it up to
    // the journal's head.
    void start(std::string path, Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }

    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Nothing that was erased before is in its files any more.
    void settle(journal::Settle how, Loop& from, journal::Done<void> done) {
        view_.settle(how, from, std::move(done));
    }

    void list(RosterQuery query, Loop& from, Done<std::vector<RosterRow>> done);
    // How many calls are not over.
    void count_open(Loop& from, Done<std::uint64_t> done);
    // The journal's position up to which the view has come. From the home loop.
    std::uint64_t position() const { return view_.position(); }
    // Calls that are not over, and those in which an action runs, for a server that starts.
    void open_calls(Loop& from, Done<std::vector<std::string>> done);

    // From the home loop.
    void follow(Follower follower) { followers_.push_back(std::move(follower)); }

private:
    using View = journal::View<RosterStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);
    void tell(const std::vector<Entry>& news);

    contract::EventChecker checker_;
    std::vector<Follower> followers_;
    View view_;
};

}  // namespace lifeline::roster
