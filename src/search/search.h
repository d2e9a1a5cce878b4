#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"
#include "search/query.h"
#include "search/search_store.h"

namespace lifeline::search {

// What was said, asked for and written in documents, by its words: a fold of the whole journal,
// kept in search.db with its cursor, disposable. Lives on its loop; may be asked from any.
class Search {
public:
    Search(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Nothing that was erased before is in its files any more.
    void settle(journal::Settle how, Loop& from, journal::Done<void> done) {
        view_.settle(how, from, std::move(done));
    }

    void find(Query query, Loop& from, journal::Done<std::vector<Found>> done);

private:
    using View = journal::View<SearchStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    contract::EventChecker checker_;
    View view_;
};

}  // namespace lifeline::search
